"""What a header says of when a column was known."""

import re

import pytest

from core.mapping import known_later

LATER = re.findall(r"\S+", """
    OS PFI.time DSS txtime relapse_status cause_of_death date_of_death ORR DCR best_change post_treatment_AFP
    rtime recur dtime ptime pstat ftime fstatus new_tumor_event tumor_status days_to_last_information
    disease_status_last COD distant_mets living survived status_5y five_year_survival second_primary pCR
    Clavien-Dindo hospital_stay_days os_event_or_censored recaida vital_status follow_up_months 疗效 复发 死因 随访时间
    状态 mRECIST Recurrence_within_2_years progression salvage_therapy nadir_AFP
    os_time:ch1 OS_time_from_RT PFS1_months pfs2_event survival_from_diagnosis_days overall_survival_months:ch1
    rPFS_status survie_mois DMFS1""")
BEFORE = re.findall(r"\S+", """
    age sex state code delta months year stage grade T N M CT E tumor_size afp ecog pvtt prior_relapse
    recurrence_history baseline_AFP received_prior_chemo received_neoadjuvant recidiva_previa 再発歴 既往史
    diagtime time_from_diagnosis_to_treatment_baseline osteoporosis losartan post_code cosmos study dosage BMI""")


@pytest.mark.parametrize("name", LATER)
def test_outcomes_are_known_later(name):
    assert known_later(name)


@pytest.mark.parametrize("name", BEFORE)
def test_what_was_known_before_is_not(name):
    assert not known_later(name)
