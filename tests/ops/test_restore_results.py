import io
import tarfile
from pathlib import Path

from bot.ops.backups.backup import back_up
from bot.ops.backups.restore import restore
from bot.settings import Settings
from tests.ops.attic import Attic


def found(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


async def test_results_that_are_missing_come_back_and_others_are_never_replaced(
    attic: Attic, settings: Settings
) -> None:
    jobs = [await attic.job(number) for number in (1, 2)]
    backup = (await back_up(settings, attic.world.clock, with_results=True)).path
    await attic.close()
    assert jobs[0].video is not None
    assert jobs[1].video is not None
    await attic.storage.remove(jobs[0].video.key)
    await attic.storage.write(b"changed since", jobs[1].video.key)

    done = await restore(settings, attic.world.clock, backup)

    assert done.results == 1
    assert await attic.storage.read(jobs[0].video.key) == b"a video"
    assert await attic.storage.read(jobs[1].video.key) == b"changed since"
    assert found(attic.root, ".work/*") == []


async def test_nothing_gets_out_of_the_folder_of_the_results(
    attic: Attic, settings: Settings, tmp_path: Path
) -> None:
    backup = (await back_up(settings, attic.world.clock, with_results=True)).path
    await attic.close()
    with tarfile.open(backup, "a") as tar:
        for name in ("results/../outside.mp4", "/outside.mp4", "results/.work/x", "outside.mp4"):
            member = tarfile.TarInfo(name)
            member.size = 4
            tar.addfile(member, io.BytesIO(b"evil"))
        link = tarfile.TarInfo("results/link.mp4")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    before = found(attic.root, "**/*")

    done = await restore(settings, attic.world.clock, backup)

    assert done.results == 0
    assert found(attic.root, "**/*") == before
    assert found(tmp_path, "**/outside*") == []
