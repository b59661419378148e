"""Tables that teachers and other tools write: whose columns are whose, and what is meant by other words."""

from __future__ import annotations

import pytest

from bank.formats.table_rows import fault, one, read
from examhall.bank.formats.tables import CSV
from examhall.bank.formats.tables.listed import options_of
from examhall.errors import Invalid


class TestColumns:
    def test_names_are_known_in_several_languages_and_spellings(self) -> None:
        columns = CSV.columns
        assert columns is not None
        found = columns("Question Text,Correct_Answer,Opción 1,Option B,Choice C feedback,الدرجة,Zzz\n".encode())
        assert found.proposed == {
            "Question Text": "question", "Correct_Answer": "right", "Opción 1": "a", "Option B": "b",
            "Choice C feedback": "c_feedback", "الدرجة": "points",
        }  # fmt: skip

    def test_an_author_says_which_column_is_what(self) -> None:
        found = read("Frage,Lsg", "Nass?,true", Frage="question", Lsg="right")
        assert found.questions[0].type == "true_false"

    def test_two_columns_of_one_name_are_told_apart(self) -> None:
        columns = CSV.columns
        assert columns is not None
        assert columns(b"Question,Option,Option\n").names == ["Question", "Option", "Option (2)"]

    @pytest.mark.parametrize(
        ("header", "proposed"),
        [
            ("question,answer,answer,correct", ["question", "a", "b", "right"]),
            ("question,a,b,answer,correct answer", ["question", "a", "b", "", "right"]),
            ("question,a,b,answer", ["question", "a", "b", "right"]),
        ],
    )
    def test_beside_the_right_ones_an_answer_is_an_option(self, header: str, proposed: list[str]) -> None:
        assert CSV.columns is not None
        found = CSV.columns(f"{header}\n1,2,3,4,5".encode())
        assert [found.proposed.get(name, "") for name in found.names] == proposed

    def test_a_row_that_is_longer_than_the_table_is_an_error(self) -> None:
        header, long = "question,a,b,right", "What, then?,one,two,a"
        element, words = fault(header, long)
        assert element == "row 2, column E"
        assert "more cells than the table has columns" in words
        assert one(header, '"What, then?",one,two,a,,').body["prompt"] == "What, then?"

    @pytest.mark.parametrize(
        "mapping",
        [{"Frage": "question", "Lsg": "question"}, {"Lsg": "right"}, {"Nope": "question"}, {"Frage": "nope"}],
    )
    def test_a_mapping_that_makes_no_sense_is_refused(self, mapping: dict[str, str]) -> None:
        with pytest.raises(Invalid) as refused:
            read("Frage,Lsg", "Nass?,true", **mapping)
        assert refused.value.errors[0].field == "mapping"

    def test_without_a_column_of_questions_nothing_is_guessed(self) -> None:
        with pytest.raises(Invalid):
            read("x,y", "1,2")


class TestTablesOfOthers:
    """What teachers and other tools write: right answers by text or number, types and columns by other names."""

    @staticmethod
    def right(table: str) -> list[str]:
        found = read(table)
        assert [message.text % message.params for message in found.errors] == []
        options = found.questions[0].body["options"]
        return [option["text"] for option in options if option["fraction"] != "0"]

    @pytest.mark.parametrize(("told", "right"), [
        ("Paris", ["Paris"]), ("paris", ["Paris"]), ("2", ["Paris"]), ("b)", ["Paris"]), ("B.", ["Paris"]),
        ('"1, 3"', ["Rome", "Oslo"]), ("Rome; Oslo", ["Rome", "Oslo"]), ('"Bonn, formerly"', ["Bonn, formerly"]),
    ])  # fmt: skip
    def test_the_right_option_is_named_by_its_text_or_its_number(self, told: str, right: list[str]) -> None:
        head = "Question,Option 1,Option 2,Option 3,D,Answer"
        assert self.right(f'{head}\nWhich?,Rome,Paris,Oslo,"Bonn, formerly",{told}') == right

    def test_a_letter_is_a_letter_whatever_the_options_say(self) -> None:
        assert self.right("question,a,b,right\nWhich?,B,A,B") == ["A"]

    @pytest.mark.parametrize("told", ["4", "same"])
    def test_what_may_mean_several_options_is_refused(self, told: str) -> None:
        found = read(f"question,a,b,c,d,right\nWhich?,3,4,same,same,{told}")
        assert [message.element for message in found.errors] == ["row 2, column F"]
        assert "several options" in found.errors[0].text

    @pytest.mark.parametrize("told", ["9", "0", "x=1", "Berlin"])
    def test_what_names_no_option_is_refused(self, told: str) -> None:
        assert "names no option" in read(f"question,a,b,right\nWhich?,x,y,{told}").errors[0].text

    @pytest.mark.parametrize(("named", "options", "kind"), [
        ("Multiple Choice", "x,y,1", "single_choice"), ("Multiple Choice", 'x,y,"1,2"', "multiple_choice"),
        ("multiple_choice", "x,y,A", "multiple_choice"), ("Checkbox", "x,y,1", "multiple_choice"),
        ("Open-Ended", ",,", "essay"), ("Fill-in-the-Blank", "x,,", "short_text"),
        ("Short answer", ",,x", "short_text"),
        ("True/False", ",,false", "true_false"), ("true or false", "True,False,B", "true_false"),
        ("Opción múltiple", "x,y,2", "single_choice"), ("Numerical", ",,9.81 +- 0.1", "numeric"),
    ])  # fmt: skip
    def test_types_have_other_names_elsewhere(self, named: str, options: str, kind: str) -> None:
        found = read(f"question,type,a,b,right\nWhat?,{named},{options}")
        assert [question.type for question in found.questions] == [kind]

    def test_several_words_are_right(self) -> None:
        found = read("question,type,answer\nCapital?,short answer,Paris; paree")
        assert [answer["text"] for answer in found.questions[0].body["answers"]] == ["Paris", "paree"]

    @pytest.mark.parametrize("head", [
        "Frage;Antwort A;Antwort B;Richtige Antwort;Punkte", "Pregunta;Opción 1;Opción 2;Respuesta correcta;Puntos",
        "Question - max 120 characters;Answer 1 - max 75 characters;Answer 2 - so;Correct answer(s) - choose;Points",
    ])  # fmt: skip
    def test_columns_have_other_names_elsewhere(self, head: str) -> None:
        assert self.right(f"{head}\nWhich?;x;y;2;3") == ["y"]

    @pytest.mark.parametrize("head", [
        "questionText,optionA,optionB,correctAnswer,points", "id;question;reponse1;reponse2;bonne_reponse;note",
        "Question #,Question Text,Answer 1,Answer 2 (Optional),Correct Answer(s) (Only include Answer #),x",
        "Question,responseA,responseB,correct,x", "Pytanie,Odpowiedź 1,Odpowiedź 2,Poprawna odpowiedź,x",
        "Câu hỏi,A,B,Đáp án,x", "Pertanyaan,Jawaban A,Jawaban B,Kunci jawaban,x",
        "Pergunta,Alternativa A,Alternativa B,Resposta correta,Pontos", "问题,A,B,正确答案,x", "문제,1,2,정답,x",
    ])  # fmt: skip
    def test_columns_are_named_in_other_languages_and_by_programs(self, head: str) -> None:
        delimiter = ";" if ";" in head else ","
        number = ["7"] * head.startswith(("id", "Question #"))
        assert self.right(f"{head}\n" + delimiter.join([*number, "Which?", "x", "y", "2", "1"])) == ["y"]

    @pytest.mark.parametrize("told", ["option2", "Option B", "answer_2", "choice-b", "Opción 2"])
    def test_the_right_option_is_named_with_a_word_before_it(self, told: str) -> None:
        assert self.right(f"question,a,b,right\nWhich?,x,y,{told}") == ["y"]

    @pytest.mark.parametrize(("other", "right"), [
        ("Next?,5,6,7,8,6", "4"), ("Next?,x,y,z,w,4", "5"), ("Next?,x,y,z,w,B", None), ("Next?,1,2,3,4,2", None),
    ])  # fmt: skip
    def test_other_rows_tell_whether_numbers_are_texts_or_places(self, other: str, right: str | None) -> None:
        found = read(f"question,a,b,c,d,right\nWhich?,2,3,4,5,4\n{other}")
        if right is None:
            assert "several options" in found.errors[0].text
        else:
            options = found.questions[0].body["options"]
            assert [option["text"] for option in options if option["fraction"] == "1"] == [right]

    def test_places_are_counted_from_0_where_one_of_them_is_0_with_a_warning(self) -> None:
        found = read("question,a,b,right\nOne?,x,y,0\nTwo?,x,y,1\nThree?,x,y,A")
        rights = [[option["fraction"] for option in item.body["options"]] for item in found.questions]
        assert rights == [["1", "0"], ["0", "1"], ["1", "0"]]
        assert [["counted from 0" in note.text for note in item.warnings] for item in found.questions] == [
            [True], [True], [],
        ]  # fmt: skip

    def test_that_they_may_be_counted_from_0_is_told_where_no_row_decides_it(self) -> None:
        found = read("question,a,b,c,right\nOne?,x,y,z,1\nTwo?,x,y,z,2")
        assert [item.body["options"][number]["fraction"] for number, item in enumerate(found.questions)] == ["1", "1"]
        assert ["could be counted from 0" in item.warnings[0].text for item in found.questions] == [True, True]
        assert read("question,a,b,c,right\nOne?,x,y,z,1\nTwo?,x,y,z,3").questions[0].warnings == []

    @pytest.mark.parametrize(("right", "doubted"), [("correct answer", False), ("correct index", True)])
    def test_columns_that_bear_numbers_from_1_are_named_by_these(self, right: str, doubted: bool) -> None:
        (item,) = read(f"question,option 1,option 2,option 3,{right}\nOne?,x,y,z,2").questions
        assert [option["fraction"] for option in item.body["options"]] == ["0", "1", "0"]
        assert bool(item.warnings) is doubted

    @pytest.mark.parametrize("told", ["A C", "AC", "A/C", "A & C", '"A, C"', "A and C", "C;A", '"A) Rome; C) Oslo"'])
    def test_letters_stand_together_in_many_ways(self, told: str) -> None:
        assert self.right(f"question,a,b,c,right\nWhich?,Rome,Paris,Oslo,{told}") == ["Rome", "Oslo"]

    @pytest.mark.parametrize(("told", "right"), [("AC", ["AC"]), ("B", ["DC"]), ("b -> DC", ["DC"])])
    def test_what_an_option_says_is_no_row_of_letters(self, told: str, right: list[str]) -> None:
        assert self.right(f"question,a,b,c,right\nWhich?,AC,DC,none,{told}") == right

    @pytest.mark.parametrize("cell", [
        '"[""Rome"", ""Paris, France"", ""3""]"', "\"['Rome', 'Paris, France', '3']\"", '"Rome|Paris, France|3"',
        '"a-> Rome || b-> Paris, France || c-> 3"', '"A) Rome, B) Paris, France, C) 3"', '"Rome; Paris, France; 3"',
        '"(a) Rome (b) Paris, France (c) 3"', '"A. Rome\nB. Paris, France\nC. 3"', '"[""Rome"", ""Paris, France"", 3]"',
    ])  # fmt: skip
    def test_all_options_stand_in_one_cell(self, cell: str) -> None:
        found = read(f",MCQ,Choices,Correct\n0,Which?,{cell},b")
        assert [message.text for message in found.errors] == []
        options = found.questions[0].body["options"]
        assert [(option["text"], option["fraction"]) for option in options] == [
            ("Rome", "0"), ("Paris, France", "1"), ("3", "0"),
        ]  # fmt: skip

    def test_what_is_wrong_with_options_in_one_cell_is_told_there(self) -> None:
        (error,) = read("question,options,right\nWhich?,x|x,A").errors
        assert (error.element, "says the same" in error.text) == ("row 2, column B", True)

    @pytest.mark.parametrize(
        "cell", ["Rome", "", "['Rome', Paris]", "[1, {}]", "[" * 5000 + "]" * 5000, "a|", "A) x C) y"]
    )
    def test_one_cell_may_hold_no_options(self, cell: str) -> None:
        assert options_of(cell) == []

    def test_options_in_one_cell_beside_columns_of_options_are_told(self) -> None:
        found = read("question,choices,a,b,right", "Which?,x|y|z,x,y,A")
        assert [option["text"] for option in found.questions[0].body["options"]] == ["x", "y"]
        assert [(loss.element, loss.params) for loss in found.losses] == [("column B", {"name": "choices"})]

    @pytest.mark.parametrize("cell", ['{""A"": ""x"", ""B"": ""y""}', '{""a)"": ""x"", ""b"": ""y""}'])
    def test_options_may_be_an_object_of_letters(self, cell: str) -> None:
        found = read("question,options,right", f'Which?,"{cell}",B')
        options = found.questions[0].body["options"]
        assert [(option["text"], option["fraction"]) for option in options] == [("x", "0"), ("y", "1")]

    def test_a_column_that_bears_the_name_of_a_field_is_that_field(self) -> None:
        found = read("MCQ,Question,a,b,right", "yes,Which?,x,y,A")
        assert found.questions[0].body["prompt"] == "Which?"

    def test_one_right_and_some_wrong_answers_are_options(self) -> None:
        found = read(
            "Question,Correct Answer,Incorrect Answer 1,Wrong answer 2 (optional)\nSum?,4,3,5\nCity?,Rome,Oslo,"
        )
        options = [item.body["options"] for item in found.questions]
        assert [[(option["text"], option["fraction"]) for option in each] for each in options] == [
            [("4", "1"), ("3", "0"), ("5", "0")], [("Rome", "1"), ("Oslo", "0")],
        ]  # fmt: skip

    def test_titles_above_the_names_of_columns_are_left_out_and_told(self) -> None:
        table = "My quiz,,\nby,me,\n\nquestion,right,type\nIs it?,true,"
        found = read(table)
        assert [(item.line, item.type) for item in found.questions] == [(5, "true_false")]
        assert [loss.element for loss in found.losses] == ["row 1"]
        assert CSV.recognises(table.encode())
        assert CSV.columns is not None
        assert CSV.columns(table.encode()).names == ["question", "right", "type"]

    def test_an_answer_without_a_type_is_a_short_text_with_a_warning(self) -> None:
        found = read("question,answer\nCapital?,Paris; Paname\nSum?,4")
        assert [answer["text"] for answer in found.questions[0].body["answers"]] == ["Paris", "Paname"]
        assert "read as a short text" in found.questions[0].warnings[0].text
        assert ["of what type" in error.text for error in found.errors] == [True]

    def test_an_answer_beside_columns_that_nobody_knows_is_no_short_text(self) -> None:
        assert "of what type" in read("question,uno,due,right\nCapital?,Paris,Rome,Paris").errors[0].text

    @pytest.mark.parametrize(("said", "kept"), [("Facil", "easy"), ("Intermediate", "medium"), ("schwierig", "hard")])
    def test_difficulties_have_other_names_elsewhere(self, said: str, kept: str) -> None:
        assert read(f"question,right,level\nIs it?,true,{said}").questions[0].difficulty == kept

    def test_a_difficulty_that_nobody_knows_is_lost_and_told(self) -> None:
        (item,) = read("question,right,level\nIs it?,true,3").questions
        assert (item.difficulty, [loss.element for loss in item.losses]) == ("", ["row 2, column C"])

    def test_a_column_that_nobody_knows_is_told(self) -> None:
        found = read("question,type,Time in seconds,Empty\nWrite,essay,30,")
        assert [(loss.element, loss.params) for loss in found.losses] == [("column C", {"name": "Time in seconds"})]
