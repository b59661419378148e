"""Pictures, sounds and films in Moodle XML (reference semantics §2.5)."""

from __future__ import annotations

import base64

import pytest

from bank.formats.moodle_files import (
    FILE,
    PICTURE,
    PNG,
    answer,
    described,
    losses,
    one,
    parse,
    question,
    said,
)


class TestMedia:
    def test_a_picture_is_kept_by_its_digest(self) -> None:
        found = parse(described('<img src="@@PLUGINFILE@@/a%20b.png" alt="A map" width="10">', FILE))
        (digest,) = found.media
        medium = found.media[digest]
        assert (medium.name, medium.media_type, medium.data) == ("a b.png", "image/png", PICTURE)
        assert found.questions[0].body["prompt"] == f'<img src="media:{digest}" alt="A map" width="10">'
        assert (found.questions[0].warnings, found.questions[0].losses) == ([], [])

    @pytest.mark.parametrize("alt", ["", ' alt=""', " alt=''", ' alt=" "', " alt"])
    def test_a_picture_without_words_is_called_by_its_file(self, alt: str) -> None:
        found = one(described(f'<img src="@@PLUGINFILE@@/a b.png"{alt}/>', FILE))
        assert 'alt="a b.png"' in found.body["prompt"]
        assert found.body["prompt"].count("alt") == 1
        assert said(found.warnings) == [
            'A picture had no alternative text. It is "a b.png" now; say what the picture shows.'
        ]

    @pytest.mark.parametrize(
        "source", ["'@@PLUGINFILE@@/a%20b.png'", "@@PLUGINFILE@@/a%20b.png", '"@@PLUGINFILE@@/a%20b.png?time=1"']
    )
    def test_addresses_are_written_in_many_ways(self, source: str) -> None:
        assert len(parse(described(f"<img alt=x src={source} >", FILE)).media) == 1

    def test_files_of_the_same_name_stand_in_folders(self) -> None:
        file = '<file name="a.png" path="{path}" encoding="base64">{data}</file>'
        files = file.format(path="/", data=base64.b64encode(b"GIF89a one").decode())
        files += file.format(path="/sub/", data=base64.b64encode(b"GIF89a two").decode())
        text = '<img alt="1" src="@@PLUGINFILE@@/sub/a.png"><img alt="2" src="@@PLUGINFILE@@/a.png">'
        found = parse(described(text, files))
        assert [medium.data for medium in found.media.values()] == [b"GIF89a two", b"GIF89a one"]
        assert found.questions[0].losses == []

    def test_a_text_may_show_the_file_of_another(self) -> None:
        inner = "<generalfeedback><text>&lt;img alt='x' src='@@PLUGINFILE@@/a%20b.png'&gt;</text></generalfeedback>"
        text = described("a", FILE).replace("</question>", inner + "</question>")
        found = parse(text)
        assert (len(found.media), found.questions[0].losses) == (1, [])

    def test_files_of_options_and_hints_are_read(self) -> None:
        picture = '<text>&lt;img alt="x" src="@@PLUGINFILE@@/a%20b.png"&gt;</text>' + FILE
        inner = f"<answer fraction='100' format='html'>{picture}<feedback>{picture}</feedback></answer>" + answer(
            "0", "b"
        )
        found = one(question("multichoice", inner + f"<hint>{picture}</hint>"))
        assert found.losses == []
        assert "media:" in found.body["options"][0]["text"]
        assert "media:" in found.body["options"][0]["feedback"]
        assert "media:" in found.body["hints"][0]

    @pytest.mark.parametrize(
        "file",
        [
            "",
            '<file name="a b.png" encoding="base64">***</file>',
            '<file name="a b.png" encoding="base64"></file>',
            '<file name="a b.png" encoding="base64">PHN2Zz48L3N2Zz4=</file>',
        ],
    )
    def test_a_file_that_is_not_there_is_told(self, file: str) -> None:
        found = parse(described('See <img alt="x" src="@@PLUGINFILE@@/a%20b.png">.', file))
        assert (found.media, found.questions[0].body["prompt"]) == ({}, "See x.")
        assert '"a b.png" is missing, damaged or no picture' in said(found.questions[0].losses)[0]

    def test_a_file_that_nobody_shows_is_told(self) -> None:
        found = parse(described("a", FILE))
        assert (found.media, said(found.questions[0].losses)) == (
            {}, ['No text shows the file "a b.png", so it is left out.'])  # fmt: skip

    def test_pictures_from_elsewhere_are_told(self) -> None:
        found = one(described('a<img alt="x" src="https://x.test/a.png">'))
        assert found.body["prompt"] == "ax"
        assert "https://x.test/a.png is not shown" in said(found.losses)[0]

    def test_pictures_within_the_text_are_kept(self) -> None:
        found = parse(described(f'<img alt="x" src="data:image/png;base64,{PNG}">'))
        assert [(medium.name, medium.data) for medium in found.media.values()] == [("embedded.png", PICTURE)]

    def test_sounds_have_their_address_on_themselves(self) -> None:
        file = f'<file name="a.mp3" path="/" encoding="base64">{base64.b64encode(b"ID3 sound").decode()}</file>'
        found = parse(described('<audio controls="true"><source src="@@PLUGINFILE@@/a.mp3">no</audio>', file))
        (digest,) = found.media
        prompt = found.questions[0].body["prompt"]
        assert f'src="media:{digest}"' in prompt
        assert 'title="a.mp3"' in prompt
        assert "no title" in said(found.questions[0].warnings)[0]

    def test_links_to_sounds_are_players_as_moodle_shows_them(self) -> None:
        sound = f'<file name="a.mp3" path="/" encoding="base64">{base64.b64encode(b"ID3 sound").decode()}</file>'
        link = '<a class="x" href="@@PLUGINFILE@@/{}">{}</a>'
        found = parse(
            described(link.format("a.mp3", 'The "bell" &amp; co') + link.format("a%20b.png", "map"), sound + FILE)
        )
        (digest,) = found.media
        prompt = found.questions[0].body["prompt"]
        assert prompt.startswith(f'<audio src="media:{digest}" title="The &quot;bell&quot; &amp; co" controls="">')
        assert prompt.endswith("</audio>map")
        assert 'No text shows the file "a b.png", so it is left out.' in said(found.questions[0].losses)

    def test_names_of_files_are_the_same_however_they_are_composed(self) -> None:
        file = f'<file name="e\u0301.png" path="/" encoding="base64">{PNG}</file>'
        assert len(parse(described('<img alt="x" src="@@PLUGINFILE@@/%C3%A9.png">', file)).media) == 1

    def test_a_picture_in_markdown_is_kept(self) -> None:
        found = parse(described("**a** ![A map](@@PLUGINFILE@@/a%20b.png)", FILE, "markdown"))
        assert f'<img src="media:{next(iter(found.media))}" alt="A map">' in found.questions[0].body["prompt"]

    def test_the_picture_of_old_files_stands_below_the_text(self) -> None:
        inner = f"<image>quiz/a.png</image><image_base64>{PNG}</image_base64>"
        found = parse(question("description", inner, "Look"))
        (digest,) = found.media
        assert found.questions[0].body["prompt"].startswith("Look<p><img ")
        assert f"media:{digest}" in found.questions[0].body["prompt"]
        assert losses("description", "<image>quiz/a.png</image>") != []

    def test_media_of_a_wrong_question_stay_out(self) -> None:
        found = parse(
            question(
                "multichoice",
                f"<answer fraction='100'>"
                f"<text>&lt;img alt='x' src='@@PLUGINFILE@@/a%20b.png'&gt;</text>{FILE}</answer>",
            )
        )
        assert (found.questions, found.media) == ([], {})
