"""Pictures, sounds and films: what may come in, what is left out of it, and who gets it back."""

from __future__ import annotations

import io
import stat
import wave
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from examhall.bank.content import media as bank_media
from examhall.bank.content.recognition import PIXEL_LIMIT, file_name, recognise
from examhall.bank.models import StoredMedium
from examhall.errors import Invalid, Unavailable
from examhall.storage import media
from hall import Api, Hall
from portal import Portal


def picture(kind: str = "PNG", size: tuple[int, int] = (4, 3), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def taken_at_home(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(1)
        written.setframerate(8000)
        written.writeframes(bytes(100))
    return out.getvalue()


def box(brand: bytes) -> bytes:
    return b"\0\0\0\x20ftyp" + brand + b"\0\0\2\0isomiso2" + bytes(64)


FILES = {
    "image/png": picture("PNG"),
    "image/jpeg": picture("JPEG"),
    "image/gif": picture("GIF"),
    "image/webp": picture("WEBP"),
    "audio/wav": sound(),
    "audio/mpeg": b"ID3\x04\0\0\0\0\0\x0a" + bytes(64),
    "audio/ogg": b"OggS\0\x02" + bytes(20) + b"\x01\x1e\x01vorbis",
    "audio/mp4": box(b"M4A "),
    "video/mp4": box(b"isom"),
    "video/webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(64),
}
STRANGERS = {
    "a drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a page that says GIF": b"GIF89a<script>alert(1)</script>",
    "half a picture": FILES["image/png"][:40],
    "a bitmap": picture("BMP"),
    "a photograph of a telephone": box(b"heic"),
    "an archive": b"PK\x03\x04" + bytes(64),
    "a film in another container": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska" + bytes(64),
    "a film of Theora": b"OggS\0\x02" + bytes(20) + b"\x01\x2a\x80theora",
    "nothing": b"",
    "words": b"hello",
}


@pytest.mark.parametrize("media_type", FILES)
def test_a_file_is_told_by_what_it_holds(media_type: str) -> None:
    found = recognise("x.exe", FILES[media_type])
    assert found.media_type == media_type
    assert found.data == FILES[media_type]
    assert (found.width, found.height) == ((4, 3) if media_type.startswith("image/") else (None, None))


@pytest.mark.parametrize("data", STRANGERS.values(), ids=STRANGERS)
def test_everything_else_is_refused_with_a_remedy(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        recognise("x.png", data)
    assert refused.value.errors[0].field == "file"


def test_two_frames_of_mp3_are_a_sound_and_raw_aac_is_none() -> None:
    assert recognise("a", (b"\xff\xf3\x90\x64" + bytes(200)) * 2).media_type == "audio/mpeg"
    with pytest.raises(Invalid):
        recognise("a", b"\xff\xf1\x50\x80" + bytes(200))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_without_where_and_with_what_it_was_taken(kind: str) -> None:
    carrying = picture(kind, exif=taken_at_home())
    assert b"SECRETCAMERA" in carrying
    kept = recognise("x", carrying)
    assert b"SECRETCAMERA" not in kept.data
    with Image.open(io.BytesIO(kept.data)) as again:
        assert not again.getexif()
    assert recognise("x", kept.data).data == kept.data


def test_what_follows_a_picture_in_its_file_is_left_out() -> None:
    for kind in ("JPEG", "PNG"):
        assert b"<script>" not in recognise("x", picture(kind) + b"<script>").data


def test_a_picture_that_was_taken_sideways_stands_upright() -> None:
    found = recognise("x.jpg", picture("JPEG", (4, 3), exif=taken_at_home(orientation=6)))
    assert (found.width, found.height) == (3, 4)


def test_a_picture_that_moves_stays_as_it_is() -> None:
    frames = [Image.new("RGB", (4, 3), shade) for shade in ("red", "lime", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert recognise("x", out.getvalue()).data == out.getvalue()


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_drawn() -> None:
    side = int(PIXEL_LIMIT**0.5) + 100
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    with pytest.raises(Invalid) as refused:
        recognise("x", out.getvalue())
    assert refused.value.errors[0].params == {"limit": 25}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("map.png", "map.png"), ("C:\\Users\\me\\map.png", "map.png"), ("../../etc/passwd", "passwd"), ("", "file"),
        ("..", "file"), ("a\r\nb.png", "a b.png"), ("gnp\u202e.png", "gnp .png"), ("x\ud800.png", "x.png"),
        ("ש" * 300 + ".png", "ש" * 196 + ".png"),
    ],
)  # fmt: skip
def test_a_name_is_made_fit_for_lists(given: str, kept: str) -> None:
    assert file_name(given) == kept


@pytest.fixture
def api(hall: Hall) -> Api:
    return hall.api("author")


def upload(api: Api, data: bytes = FILES["image/png"], name: str = "map.png") -> Any:
    return api.post("/media", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def test_an_author_adds_a_picture_and_everybody_in_the_organization_may_see_it(api: Api, hall: Hall) -> None:
    answer = upload(api)
    assert answer.status_code == 201
    kept = answer.json
    assert kept == {
        "digest": kept["digest"], "name": "map.png", "media_type": "image/png", "size": len(FILES["image/png"]),
        "width": 4, "height": 3, "url": f"/api/v1/media/{kept['digest']}",
    }  # fmt: skip
    seen = hall.api("candidate").get(f"/media/{kept['digest']}", buffered=True)
    assert seen.data == FILES["image/png"]
    assert seen.headers["Content-Type"] == "image/png"
    assert seen.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert seen.headers["Content-Disposition"] == "inline; filename=map.png"
    page = Portal(hall, hall.person("candidate")).get(f"/media/{kept['digest']}")
    assert page.data == FILES["image/png"]


def test_a_browser_asks_again_or_for_a_part(api: Api) -> None:
    path = f"/media/{upload(api, FILES['audio/wav'], 'bell.wav').json['digest']}"
    tag = api.get(path, buffered=True).headers["ETag"]
    assert api.get(path, headers={"If-None-Match": tag}, buffered=True).status_code == 304
    part = api.get(path, headers={"Range": "bytes=0-3"}, buffered=True)
    assert (part.status_code, part.data) == (206, b"RIFF")


def test_the_same_picture_is_kept_once_under_its_first_name(api: Api) -> None:
    first, second = upload(api), upload(api, name="again.png")
    assert second.json == first.json
    assert [medium["name"] for medium in api.get("/media").json] == ["map.png"]


def test_a_file_that_is_no_medium_is_a_problem_that_names_the_remedy(api: Api) -> None:
    answer = upload(api, STRANGERS["a drawing"], "x.svg")
    assert answer.status_code == 422
    assert "PNG" in answer.json["errors"][0]["message"]
    assert api.post("/media", data={}, content_type="multipart/form-data").status_code == 422


def test_a_foreign_medium_and_an_absent_one_are_not_found(api: Api, hall: Hall) -> None:
    digest = upload(api).json["digest"]
    foreign = hall.api("author", slug="qalam")
    assert foreign.get(f"/media/{digest}").status_code == 404
    assert foreign.get("/media").json == []
    for name in ("0" * 64, "x", "..%2f..%2fsecrets.toml"):
        assert api.get(f"/media/{name}").status_code == 404
    assert hall.api().get(f"/media/{digest}").status_code == 401


def test_a_file_lies_alone_readable_to_its_owner_only(hall: Hall) -> None:
    with hall.inside():
        digest = media.put(b"x")
        path = media.path_of(digest)
        assert media.put(b"x") == digest
        assert media.exists(digest)
        assert path.read_bytes() == b"x"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert [each.name for each in path.parent.iterdir()] == [digest]
        assert not media.exists("0" * 64)
        with pytest.raises(ValueError, match="digest"):
            media.path_of("../x")
    with hall.inside("qalam"):
        assert not media.exists(digest)


def test_a_write_that_fails_leaves_nothing(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with hall.inside():
        with pytest.raises(Unavailable):
            media.put(b"y")
        folder = media.path_of("0" * 64).parent.parent
        assert not [path for path in folder.rglob("*") if path.is_file()]


def test_what_candidates_get_has_addresses_in_place_of_digests_and_formulas_drawn(hall: Hall) -> None:
    digest = "ab" * 32
    item = {
        "prompt": rf'<img src="media:{digest}" alt="A map">\(x\)', "image": f"media:{digest}", "points": 2,
        "options": [{"id": "z1", "text": r"\(y\)"}], "response": {"text": r"\(x\)"}, "template": r"\(x\)",
    }  # fmt: skip
    with hall.app().test_request_context(base_url="http://127.0.0.1/t/northwind"):
        seen = bank_media.shown(item)
        page = bank_media.rich(item["prompt"])  # type: ignore[arg-type]
    base = "/t/northwind/api/v1/media"
    assert seen["image"] == f"{base}/{digest}"
    assert seen["prompt"].startswith(f'<img src="{base}/{digest}" alt="A map"><math')
    assert seen["options"][0]["text"].startswith("<math")
    assert (seen["response"], seen["template"], seen["points"]) == ({"text": r"\(x\)"}, r"\(x\)", 2)
    assert f'src="/t/northwind/media/{digest}"' in page


def test_a_medium_of_a_stored_question_is_known_by_its_digest(hall: Hall) -> None:
    with hall.inside():
        kept = bank_media.store("map.png", FILES["image/png"])
        assert isinstance(kept, StoredMedium)
        assert media.exists(kept.digest)


def test_an_export_tells_what_the_disk_has_lost_and_goes_on(hall: Hall) -> None:
    author = hall.api("author")
    digest = upload(author).json["digest"]
    bank = author.post("/banks", {"name": "Lost"}).json["id"]
    body = {"prompt": f'<p>Seen?</p><img src="media:{digest}" alt="A dot">', "correct": True}
    assert author.post(f"/banks/{bank}/questions", {"type": "true_false", "body": body}).status_code == 201
    for kept in hall.settings.instance_folder.rglob("*.media/*/*"):
        kept.unlink()
    for name in ("examhall", "moodle_xml", "qti_2.1", "qti_3.0", "gift", "csv"):
        told = author.get(f"/banks/{bank}/export/check?format={name}")
        assert (told.status_code, told.json["losses"] != []) == (200, True), name
        assert author.get(f"/banks/{bank}/export?format={name}").status_code == 200, name
