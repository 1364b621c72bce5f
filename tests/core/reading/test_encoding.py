"""Encodings of hospital files: read where rule and statistics agree, else asked, never wrong in silence."""

import pytest

from core import NeedsAnswer, read_cohort
from core.reading.encoding import ENCODINGS, decode

HEAD = "id,sex,arm,OS_months,OS_event"
FILES = {  # encoding -> header, sex, arm
    "GBK, headers": ("gbk", "编号,性别,有无腹水,总生存期(月),死亡", "男女", "有无"),
    "GBK, cells of one character": ("gbk", HEAD, "男女", "有无"),
    "GBK, words": ("gbk", HEAD, ["男", "女"], ["对照组", "索拉非尼组"]),
    "Big5, headers": ("big5", "編號,性別,腹水,總生存期(月),死亡", "男女", "有無"),
    "Big5, cells of one character": ("big5", HEAD, "男女", "有無"),
    "Shift-JIS": ("shift_jis", "番号,性別,腹水,全生存期間(月),死亡", "男女", "有無"),
    "Shift-JIS, kana": ("shift_jis", HEAD, "男女", ["コントロール", "テスト"]),
    "EUC-KR": ("euc-kr", "번호,성별,치료군,생존기간(개월),사망", "남여", ["대조군", "시험군"]),
    "EUC-KR, cells": ("euc-kr", HEAD, "남여", ["대조군", "시험군"]),
    "Polish": ("cp1250", "nr,płeć,ramię,OS (months),zgon", ["mężczyzna", "kobieta"], ["kontrola", "badana"]),
    "Russian": ("cp1251", "номер,пол,группа,OS (months),OS event", ["муж", "жен"], ["контроль", "опыт"]),
    "French": ("cp1252", "nr,sexe,bras,survie (mois),décès", ["homme", "femme"], ["contrôle", "traité"]),
    "German": ("cp1252", "Nr,Geschlecht,Gruppe,Überleben (Monate),Tod", ["männlich", "weiblich"],
               ["Kontrolle", "Prüfarm"])}


def text_of(name):
    _, head, sex, arm = FILES[name]
    return head + "\n" + "".join(f"p{i},{sex[i % 2]},{arm[i % 2]},{i + 1},{i % 2}\n" for i in range(40))


@pytest.mark.parametrize("name", FILES)
def test_a_text_is_read_rightly_or_its_encoding_is_asked(name):
    text, codec = text_of(name), FILES[name][0]
    data = text.encode(codec)
    try:
        assert decode(data).text == text
    except NeedsAnswer as question:
        right = [c for c in question.choices if data.decode(ENCODINGS[c]) == text]
        assert right and question.choices.index(right[0]) == 0  # the likeliest first
        telling = next(line for line in text.splitlines() if not line.isascii())
        assert telling[:20] in question.meanings[0]
        assert decode(data, right[0]).text == text


def test_an_answer_reads_the_file_in_a_script():
    data = text_of("EUC-KR, cells").encode("euc-kr")
    with pytest.raises(NeedsAnswer, match="In which encoding") as asked:
        read_cohort(data)
    cohort = read_cohort(data, asked.value.answered("EUC-KR"))
    assert set(cohort.levels("arm")) == {"대조군", "시험군"} and cohort.n == 40


@pytest.mark.parametrize("data", [b"id,a\n1,\x81\x00\n", b"id,a\n1,\xff\xfe\xfd\n2,\x80\x81\n" * 3])
def test_noise_is_refused_in_words(data):
    from core.errors import CohortError

    with pytest.raises(CohortError) as error:
        decode(data)
    assert error.value.remedy
