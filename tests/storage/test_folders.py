"""A folder is there whole or not at all, and nothing of anybody else's is ever lost."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from hassenet.errors import HassenetWarning, OutputExistsError, ParameterError
from hassenet.files.exchange import exchange
from hassenet.files.temporary import folder_beside, replaced_beside
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.storage import ATTACHMENTS, check_replaceable, folder, load, save
from hassenet.storage.opened import OpenFolder

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


@pytest.mark.parametrize("given", ["", b"model", "a\0b", "\ud800", 3, None])
@pytest.mark.parametrize(
    "use", [load, lambda given: save(NEW, given), lambda given: check_replaceable(given, False)]
)
def test_what_is_not_a_path_is_not_a_place_of_a_model(use, given):
    with pytest.raises(ParameterError, match="the folder of a model is a path"):
        use(given)


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


@pytest.fixture(params=["one step", "two steps"])
def steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How folders are replaced: by a system that can exchange them, and by one that cannot."""
    if request.param == "two steps":
        monkeypatch.setattr("hassenet.files.exchange._function", lambda: None)
    elif not exchange_is_possible():
        pytest.skip("a system without the exchange of folders")
    return str(request.param)


def exchange_is_possible() -> bool:
    with TemporaryDirectory() as place:
        one, other = Path(place, "one"), Path(place, "other")
        one.mkdir()
        other.mkdir()
        return exchange(one, other)


@pytest.mark.parametrize("call", range(6))
@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_whenever_writing_fails_the_old_model_is_there_and_nothing_else(tmp_path, steps, failing, call):
    save(OLD, tmp_path / "model")
    genuine, calls = getattr(os, failing), iter(range(100))

    def fail_once(*args: object) -> object:
        if next(calls) == call:
            raise OSError(28, "No space left on device")
        return genuine(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, failing, fail_once)
        try:
            save(NEW, tmp_path / "model", force=True)
            expected = NEW
        except OSError:
            expected = OLD
    in_place = failing == "fsync" and call == 3  # the folder above, when the new one has its name already
    assert holds(tmp_path / "model", NEW if in_place else expected)
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_a_kill_at_any_step_leaves_a_whole_model_that_is_loaded(tmp_path, steps):
    """As if the machine stopped: no clean-up runs after the step; the next run clears up."""

    class Killed(BaseException):
        pass

    for step in range(14):
        place = tmp_path / str(step)
        save(OLD, place / "model")
        count = iter(range(100))
        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            for name in ("rename", "fsync", "unlink", "rmdir"):
                stop_from(patch, name, count, step, Killed)
            save(NEW, place / "model", force=True)
        assert holds(place / "model", OLD) or holds(place / "model", NEW), f"after step {step}"
        save(NEW, place / "model", force=True)
        assert holds(place / "model", NEW)
        assert [p.name for p in place.iterdir()] == ["model"]


def test_a_model_whose_replacement_was_broken_off_is_neither_lost_nor_overwritten(tmp_path):
    save(OLD, tmp_path / "model")
    os.rename(tmp_path / "model", replaced_beside(tmp_path / "model"))
    assert holds(tmp_path / "model", OLD)
    with pytest.raises(OutputExistsError, match="--force"):
        save(NEW, tmp_path / "model")
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    assert holds(tmp_path / "model", OLD)


def test_what_a_living_run_is_writing_stays_and_what_a_dead_one_left_goes(tmp_path):
    with folder_beside(tmp_path / "model") as alive:
        save(NEW, tmp_path / "model")
        assert alive.exists()
        dead = alive.with_name(f"{alive.name.removesuffix('.part')}x.part")
        dead.mkdir()
        (dead / "model.safetensors").write_bytes(b"half a mod")
        save(OLD, tmp_path / "model", force=True)
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted([alive.name, "model"])


@pytest.mark.parametrize(
    "name", [".model.part", ".model.abc.old", ".model.20240101.part", "model.old", ".model.x.part"]
)
def test_hidden_folders_that_somebody_else_made_stay(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "model.json").write_text('{"format":"hassenet"}')
    save(OLD, tmp_path / "model")
    save(NEW, tmp_path / "model", force=True)
    assert (tmp_path / name / "model.json").read_text() == '{"format":"hassenet"}'


@pytest.mark.parametrize("name", ATTACHMENTS)
def test_a_picture_of_the_users_own_is_kept_under_force(tmp_path, name):
    save(OLD, tmp_path / "without")
    save(OLD, tmp_path / "with", attachments={name: b"ours"})
    for place in ("with", "without"):
        (tmp_path / place / name).write_bytes(b"mine")
        with pytest.raises(OutputExistsError, match=name):
            save(NEW, tmp_path / place, force=True)
        assert (tmp_path / place / name).read_bytes() == b"mine"


@pytest.mark.parametrize("name", [*ATTACHMENTS, "model.safetensors"])
def test_a_folder_called_like_a_file_of_a_model_is_kept_under_force(tmp_path, name):
    save(OLD, tmp_path / "model")
    (tmp_path / "model" / name).unlink(missing_ok=True)
    (tmp_path / "model" / name).mkdir()
    with pytest.raises(OutputExistsError, match=name):
        save(NEW, tmp_path / "model", force=True)
    assert (tmp_path / "model" / name).is_dir()


@pytest.mark.skipif(os.name == "nt", reason="folders have other permissions there")
@pytest.mark.parametrize("part", ["", "model.json", "model.safetensors"])
def test_a_read_only_model_is_kept_under_force(tmp_path, part):
    save(OLD, tmp_path / "model")
    protected = tmp_path / "model" / part
    protected.chmod(0o555 if not part else 0o444)
    with pytest.raises(OutputExistsError, match="read-only"):
        save(NEW, tmp_path / "model", force=True)
    assert holds(tmp_path / "model", OLD)
    protected.chmod(0o755)


@pytest.mark.skipif(os.name == "nt", reason="folders have other permissions there")
def test_a_private_model_stays_private(tmp_path):
    save(OLD, tmp_path / "model")
    (tmp_path / "model").chmod(0o700)
    save(NEW, tmp_path / "model", force=True)
    assert (tmp_path / "model").stat().st_mode & 0o777 == 0o700


def test_a_file_that_came_into_a_model_while_it_was_replaced_is_kept(tmp_path, monkeypatch):
    save(OLD, tmp_path / "model")
    genuine = folder.exchange

    def another_writes(new: Path, path: Path) -> bool:
        (path / "notes.txt").write_text("mine") if not (new / "notes.txt").exists() else None
        return genuine(new, path)

    monkeypatch.setattr(folder, "exchange", another_writes)
    with pytest.raises(OutputExistsError, match=r"notes\.txt"):
        save(NEW, tmp_path / "model", force=True)
    assert (tmp_path / "model" / "notes.txt").read_text() == "mine"
    assert holds(tmp_path / "model", OLD)
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_a_reader_of_a_folder_that_is_replaced_meanwhile_finds_the_new_model(tmp_path, steps, monkeypatch):
    save(OLD, tmp_path / "model")
    genuine = OpenFolder.read
    left = iter([True])

    def replaced_first(self: OpenFolder, name: str) -> bytes:
        if name == "model.safetensors" and next(left, False):
            save(NEW, tmp_path / "model", force=True)
        return genuine(self, name)

    monkeypatch.setattr(OpenFolder, "read", replaced_first)
    assert holds(tmp_path / "model", NEW)


def test_a_picture_that_was_changed_is_noticed(tmp_path):
    save(OLD, tmp_path / "model", attachments={"costs.png": b"PNG"})
    assert holds(tmp_path / "model", OLD)
    (tmp_path / "model" / "costs.png").write_bytes(b"PNF")
    with pytest.warns(HassenetWarning, match=r"costs\.png is not the picture"):
        load(tmp_path / "model")
    (tmp_path / "model" / "costs.png").unlink()
    assert holds(tmp_path / "model", OLD)


def test_a_name_that_is_too_long_is_found_out_before(tmp_path):
    for place in ("x" * 300, "runs/" + "x" * 300):
        with pytest.raises(OSError, match="x" * 300):
            check_replaceable(tmp_path / place, force=False)
    assert not list(tmp_path.iterdir())
    check_replaceable(tmp_path / ("x" * 255), force=False)
    save(NEW, tmp_path / ("x" * 255))
    assert holds(tmp_path / ("x" * 255), NEW)


def test_a_full_disk_is_found_out_before(tmp_path, monkeypatch):
    save(OLD, tmp_path / "model")
    with pytest.raises(OSError, match=r"1,000,000,000,000,000,000 bytes are to be written.*model"):
        check_replaceable(tmp_path / "model", force=True, size=10**18)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device.*model"):
        check_replaceable(tmp_path / "model", force=True)
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def stop_from(monkeypatch, name, steps, last, exception):
    genuine = getattr(os, name)

    def step(*args: object) -> object:
        if next(steps) >= last:
            raise exception
        return genuine(*args)

    monkeypatch.setattr(os, name, step)


def test_with_force_too_a_place_that_cannot_be_written_is_reported_at_once(tmp_path, monkeypatch):
    save(OLD, tmp_path / "model")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match=str(tmp_path)):
        check_replaceable(tmp_path / "model", force=True)
