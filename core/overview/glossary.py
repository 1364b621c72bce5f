"""The terms of the field that the app uses: what each is, in two sentences, and where it was published."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.language import ENGLISH, once_per_language, say, spoken


@dataclass(frozen=True, kw_only=True)
class Term:
    """A term.

    Attributes
    ----------
    name : as the glossary lists it
    spellings : how texts of the app write it, without regard to case; a regular expression each
    meaning : two sentences
    source : the paper or standard
    """

    name: str
    spellings: tuple[str, ...]
    meaning: str
    source: str


def _term(name: str, meaning: str, source: str, *spellings: str) -> Term:
    return Term(name=name, spellings=spellings or (re.escape(name),), meaning=meaning, source=source)


GLOSSARY: tuple[Term, ...] = (
    _term("Adverse event grade",
          "How severe an adverse event is, from 1 (mild) to 5 (death). A patient with several events of a term "
          "counts once, with the worst.",
          "National Cancer Institute. Common Terminology Criteria for Adverse Events (CTCAE) v5.0. 2017.",
          r"(?:worst )?CTCAE grades?", r"adverse events"),
    _term("Attrition",
          "How each condition, one after the other, makes the selected patients fewer. The order decides how many "
          "each condition takes away, not who is left.",
          "von Elm E et al. STROBE. Lancet 2007;370:1453.", r"attrition"),
    _term("Benjamini-Hochberg",
          "P-values adjusted so that, of the findings called significant, at most the stated share is expected to "
          "be false. It is milder than Bonferroni's or Holm's, which bound the chance of a single false one.",
          "Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289.", r"Benjamini.Hochberg", r"BH(?=\))"),
    _term("Censored",
          "A patient whose event had not happened when last seen: the time is a lower limit. Censored patients "
          "count among those at risk until then, and not after.",
          "Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457.", r"censored"),
    _term("Competing risk",
          "An event after which the event of interest can no longer happen, such as death before progression. To "
          "censor such patients makes the event of interest look more frequent than it is.",
          "Gray RJ. Ann Stat 1988;16:1141.", r"competing (?:risks?|events?)"),
    _term("Concordance",
          "The share of comparable pairs of patients in which the model gives the higher risk to the one whose "
          "event comes first. 0.5 is chance and 1 is perfect order.",
          "Harrell FE et al. JAMA 1982;247:2543."),
    _term("Cox model",
          "A regression of the hazard on covariates, which leaves open how the hazard itself runs over time. It "
          "takes each hazard ratio to be the same at all times.",
          "Cox DR. J R Stat Soc B 1972;34:187.", r"Cox (?:regression|model)"),
    _term("Cumulative incidence",
          "The share of patients who have had one kind of event by a month, while others may have had a competing "
          "one. Over all kinds of event the shares add up to those who have had any.",
          "Aalen OO, Johansen S. Scand J Stat 1978;5:141."),
    _term("E-value",
          "How strongly an unmeasured factor would have to be tied to both treatment and outcome to explain the "
          "effect away. A value near 1 means that a weak one would do.",
          "VanderWeele TJ, Ding P. Ann Intern Med 2017;167:268.", r"E-values?"),
    _term("Firth's penalised model",
          "A Cox model whose likelihood is corrected so that a finite estimate exists where a group has no events. "
          "It also has less bias in small samples.",
          "Heinze G, Schemper M. Biometrics 2001;57:114.", r"Firth.penalised", r"Firth"),
    _term("Follow-up",
          "How long patients were watched. Reverse Kaplan-Meier takes deaths as censored, so that those who died "
          "early do not make the watch look short.",
          "Schemper M, Smith TL. Control Clin Trials 1996;17:343.", r"follow-up"),
    _term("Hazard ratio",
          "How many times higher the rate of events is in one group than in another, among those still at risk. "
          "Below 1 the group has the lower rate; it is not a ratio of risks or of times.",
          "Cox DR. J R Stat Soc B 1972;34:187.", r"hazard ratios?", r"HR(?= \(95)"),
    _term("Immortal time",
          "Time in which a patient could not have the event, because the group was defined by something later, such "
          "as a response. It makes the group look better whatever the treatment does.",
          "Suissa S. Am J Epidemiol 2008;167:492.", r"immortal time"),
    _term("Interaction",
          "Whether the effect of treatment differs between subgroups. Its p-value compares the effects with each "
          "other; one subgroup's p below .05 beside another's above it does not.",
          "Wang R et al. N Engl J Med 2007;357:2189.", r"interactions?"),
    _term("Kaplan-Meier",
          "An estimate of the share of patients without the event over time, which uses censored patients as long "
          "as they are watched. At each event it is multiplied by the share of those at risk who go on without it.",
          "Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457.", r"Kaplan-Meier"),
    _term("Landmark analysis",
          "The clock starts at a chosen month, for those still followed then, grouped by what was known by then. It "
          "avoids immortal time; what happened before the landmark is left out.",
          "Anderson JR, Cain KC, Gelber RD. J Clin Oncol 1983;1:710.", r"landmark(?: analysis)?"),
    _term("Log-rank test",
          "Compares the events seen in each group with those expected if all groups had the same hazard. It is "
          "strongest where hazards are proportional.",
          "Mantel N. Cancer Chemother Rep 1966;50:163.", r"log-rank(?: test)?", r"tests? between the curves"),
    _term("mRECIST",
          "Response of hepatocellular carcinoma by the viable part of the tumour, which takes up contrast in the "
          "arterial phase. CR complete, PR partial response, SD stable, PD progressive disease.",
          "Lencioni R, Llovet JM. Semin Liver Dis 2010;30:52.", r"mRECIST"),
    _term("Multivariable model",
          "A model with several covariates at once: each ratio is of patients alike in the others. It adjusts for "
          "what was measured, as it was measured, and for nothing else.",
          "Harrell FE. Regression Modeling Strategies. Springer 2015.", r"multivariable"),
    _term("Number at risk",
          "Patients who at a month are still watched and have not had the event. Where they are few the curve is "
          "uncertain, whatever it looks like.",
          "Morris TP et al. BMJ Open 2019;9:e030215.", r"numbers? at risk", r"at risk"),
    _term("Objective response",
          "The share of patients whose best response is complete or partial; disease control adds stable disease. "
          "Patients who could not be evaluated count as without response unless said.",
          "Eisenhauer EA et al. Eur J Cancer 2009;45:228.", r"objective response", r"disease control", r"best response",
          r"ORR"),
    _term("Propensity score",
          "The chance that a patient with such covariates was treated, as a model has it. Weights made from it "
          "balance the groups in what was measured, never in what was not.",
          "Rosenbaum PR, Rubin DB. Biometrika 1983;70:41.", r"propensity(?: score)?", r"balance(?=: weighting)"),
    _term("Proportional hazards",
          "That a hazard ratio is the same at all times, which a Cox model takes for granted. The test looks for a "
          "trend of the residuals over time.",
          "Grambsch PM, Therneau TM. Biometrika 1994;81:515.", r"proportional hazards"),
    _term("PVTT",
          "Tumour thrombus of the portal vein: Vp1 beyond the second-order branches, Vp2 in these, Vp3 in a "
          "first-order branch, Vp4 in the main trunk or the other side's branch. Higher grades mean shorter survival.",
          "Liver Cancer Study Group of Japan. Jpn J Surg 1989;19:98."),
    _term("Restricted mean",
          "The mean time without the event up to a month, τ: the area under the curve. Its difference is in months "
          "and needs no proportional hazards.",
          "Royston P, Parmar MK. BMC Med Res Methodol 2013;13:152.",
          r"restricted means?(?: survival time)?", r"RMST"),
    _term("Risk difference",
          "The share with an event in one group less that in the other, in percentage points. One over it is the "
          "number of patients for one event more or less.",
          "Miettinen O, Nurminen M. Stat Med 1985;4:213.", r"risk differences?"),
    _term("Spline",
          "A smooth curve of pieces joined at knots, which lets a number's effect bend. Beyond the outer knots it "
          "runs straight.",
          "Durrleman S, Simon R. Stat Med 1989;8:551.", r"(?:restricted cubic )?splines?"),
    _term("Standardised difference",
          "The difference of two groups' means, or shares, in units of their standard deviation. Unlike a p-value "
          "it does not grow with the number of patients; below 0.1 is commonly called balanced.",
          "Austin PC. Stat Med 2009;28:3083.", r"standardi[sz]ed (?:mean )?differences?", r"SMD"),
    _term("Subgroup",
          "A part of the patients, such as those with Vp4. Of many subgroups that are looked at, one in twenty is "
          "below .05 by chance where nothing differs.",
          "Wang R et al. N Engl J Med 2007;357:2189.", r"subgroups?"),
    _term("Survival at a month",
          "The share of patients without the event by a month, with its interval. Differences at a month that was "
          "chosen after seeing the curves are exploratory.",
          "Klein JP et al. Stat Med 2007;26:4505.", r"survival at chosen times"),
    _term("Waterfall plot",
          "Each patient's best change of tumour size as a bar, from growth to shrinkage. It shows size, not how "
          "long it lasted.",
          "Gillespie TW. J Adv Pract Oncol 2012;3:106.", r"waterfall"),
)


@once_per_language(4)
def spelling() -> re.Pattern[str]:
    """Return what finds a term in a text: a group per term, in the glossary's order; in other languages its name."""
    if spoken() == ENGLISH:
        groups = [f"(?P<t{i}>\\b(?:{'|'.join(term.spellings)})(?!\\w))" for i, term in enumerate(GLOSSARY)]
    else:
        groups = [f"(?P<t{i}>{re.escape(say(term.name))})" for i, term in enumerate(GLOSSARY)]
    return re.compile("|".join(groups), re.IGNORECASE)


def place_of(match: re.Match[str]) -> int:
    """Return the place in the glossary of a term that `spelling` found."""
    return int((match.lastgroup or "t0")[1:])
