"""A folder is there whole or not at all, and nothing of anybody else's is ever lost."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from hassenet.errors import OutputExistsError, StorageError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.storage import check_replaceable, load, save

OLD, NEW = Network(Hierarchy.complete(2, 1), seed=1), Network(Hierarchy.complete(2, 1), seed=2)


def holds(path: Path, net: Network) -> bool:
    return load(path).theta.tobytes() == net.theta.tobytes()


def test_folders_above_are_made_and_nothing_else_is_left(tmp_path):
    save(NEW, tmp_path / "runs" / "1" / "model")
    assert holds(tmp_path / "runs" / "1" / "model", NEW)
    assert [p.name for p in (tmp_path / "runs" / "1").iterdir()] == ["model"]
    assert sorted(p.name for p in (tmp_path / "runs/1/model").iterdir()) == [
        "model.json",
        "model.safetensors",
    ]


def test_an_existing_path_is_kept_without_force(tmp_path):
    save(OLD, tmp_path / "model")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    for name in ("model", "empty", "file"):
        with pytest.raises(OutputExistsError, match="--force"):
            save(NEW, tmp_path / name)
    assert holds(tmp_path / "model", OLD)
    assert len(list(tmp_path.iterdir())) == 3


def test_force_replaces_a_model_folder_or_an_empty_one_and_its_old_pictures(tmp_path):
    save(OLD, tmp_path / "model", attachments={"costs.png": b"PNG"})
    (tmp_path / "empty").mkdir()
    for name in ("model", "empty"):
        save(NEW, tmp_path / name, force=True)
        assert holds(tmp_path / name, NEW)
    assert not (tmp_path / "model" / "costs.png").exists()
    assert len(list(tmp_path.iterdir())) == 2


def test_force_never_replaces_what_hassenet_did_not_write(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.tex").write_text("years of work")
    save(OLD, tmp_path / "mixed")
    (tmp_path / "mixed" / "notes.txt").write_text("notes")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "model.safetensors").write_bytes(b"somebody else's")
    (tmp_path / "similar").mkdir()
    (tmp_path / "similar" / "model.json").write_text('{"format": "another"}')
    (tmp_path / "file").write_text("file")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    for name in ("thesis", "mixed", "other", "similar", "file"):
        with pytest.raises(OutputExistsError):
            save(NEW, tmp_path / name, force=True)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_folder_that_appears_while_a_model_is_saved_is_kept(tmp_path, monkeypatch):
    genuine = os.fsync

    def another_run(handle: int) -> None:
        (tmp_path / "model").mkdir(exist_ok=True)
        (tmp_path / "model" / "thesis.tex").write_text("years of work")
        genuine(handle)

    monkeypatch.setattr(os, "fsync", another_run)
    with pytest.raises(OutputExistsError):
        save(NEW, tmp_path / "model")
    assert [p.name for p in tmp_path.rglob("*")] == ["model", "thesis.tex"]


def test_a_place_that_cannot_be_written_is_reported_before_anything_is_made(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="file"):
        save(NEW, tmp_path / "file" / "model")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match=str(tmp_path)):
        save(NEW, tmp_path / "runs" / "model")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_damaged_model_folder_can_be_replaced(tmp_path):
    save(OLD, tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").unlink()
    save(NEW, tmp_path / "model", force=True)
    assert holds(tmp_path / "model", NEW)


def test_a_link_to_a_model_folder_stays_a_link(tmp_path):
    save(OLD, tmp_path / "model-1")
    (tmp_path / "current").symlink_to(tmp_path / "model-1")
    save(NEW, tmp_path / "current", force=True)
    assert (tmp_path / "current").is_symlink()
    assert holds(tmp_path / "model-1", NEW)


@pytest.mark.parametrize("call", range(6))
@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_whenever_writing_fails_the_old_model_is_there_and_nothing_else(tmp_path, monkeypatch, failing, call):
    save(OLD, tmp_path / "model")
    genuine, calls = getattr(os, failing), iter(range(100))

    def fail_once(*args: object) -> object:
        if next(calls) == call:
            raise OSError(28, "No space left on device")
        return genuine(*args)

    monkeypatch.setattr(os, failing, fail_once)
    try:
        save(NEW, tmp_path / "model", force=True)
        expected = NEW
    except OSError:
        expected = OLD
    monkeypatch.undo()
    in_place = failing == "fsync" and call == 3  # the folder above, when the new one has its name already
    assert holds(tmp_path / "model", NEW if in_place else expected)
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_a_kill_at_any_step_leaves_a_whole_model(tmp_path, monkeypatch):
    """As if the machine stopped: no clean-up runs after the step."""

    class Killed(BaseException):
        pass

    for step in range(12):
        place = tmp_path / str(step)
        save(OLD, place / "model")
        steps = iter(range(100))
        for name in ("rename", "fsync"):
            stop_from(monkeypatch, name, steps, step, Killed)
        monkeypatch.setattr("hassenet.storage.folder._delete", lambda _: None)
        with suppress(Killed):
            save(NEW, place / "model", force=True)
        monkeypatch.undo()
        whole = [p for p in place.iterdir() if _is_whole(p)]
        assert whole, f"after step {step}"


def stop_from(monkeypatch, name, steps, last, exception):
    genuine = getattr(os, name)

    def step(*args: object) -> object:
        if next(steps) >= last:
            raise exception
        return genuine(*args)

    monkeypatch.setattr(os, name, step)


def _is_whole(path: Path) -> bool:
    try:
        return holds(path, OLD) or holds(path, NEW)
    except StorageError:
        return False


def test_with_force_too_a_place_that_cannot_be_written_is_reported_at_once(tmp_path, monkeypatch):
    save(OLD, tmp_path / "model")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match=str(tmp_path)):
        check_replaceable(tmp_path / "model", force=True)
