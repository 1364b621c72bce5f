# 门静脉癌栓 "Vp3"; One curve; By a number; Against the rest; From a landmark; A plot per level; A test; A model; Firth; Subgroups; Along a number; Baseline; Response; Adverse events; Not in R; A spline
# Written by Cohortscope 0.1.0; needs R >= 4.2 with its package survival. Run it where its files are.
# A ratio near 0 or infinity, beside a warning of coxph, is a likelihood without a maximum: the app says so instead.
library(survival)
results <- NULL
keep <- function(figure, what, value) {
  value <- as.numeric(value)
  if (length(value) > 1) what <- paste(what, seq_along(value))
  results <<- rbind(results, data.frame(figure = rep(figure, length(value)), what = what, value = value))
  print(setNames(value, what))
}

patients <- read.csv("patients.csv", fileEncoding = "UTF-8-BOM")
# OS_time, OS_event: Overall survival, months; read by {"label": "Overall survival", "time": "os_months", "event": "os_event", "event_values": ["1"], "unit": "months", "death_counts": true}
# PFS_time, PFS_event: Progression-free survival, months; read by {"label": "Progression-free survival", "time": "pfs_months", "event": "pfs_event", "event_values": ["1"], "unit": "months", "death_counts": true}
# arm: Arm, of the column 'arm'
patients$arm <- factor(patients$arm, levels = 1:2, labels = c("TACE+IMRT", "TACE+IMRT+sorafenib"))
# age: Age years, of the column 'age'
patients$age_group <- factor(patients$age_group, levels = 1:2, labels = c("< 65", "≥ 65"))
# sex: Sex, of the column 'sex'
patients$sex <- factor(patients$sex, levels = 1:2, labels = c("F", "M"))
# ecog: ECOG, of the column 'ecog'
patients$ecog <- factor(patients$ecog, levels = 1:3, labels = c("0", "1", "2"))
# child_pugh: Child-Pugh class, of the column 'child_pugh'
patients$child_pugh <- factor(patients$child_pugh, levels = 1:1, labels = c("A"))
# etiology: Aetiology, of the column 'etiology'
patients$etiology <- factor(patients$etiology, levels = 1:3, labels = c("HBV", "HCV", "none"))
# afp: AFP ng/mL, of the column 'afp_ng_ml'
patients$afp_group <- factor(patients$afp_group, levels = 1:2, labels = c("≤ 400", "> 400"))
# tumor_size: Tumour size cm, of the column 'tumor_size_cm'
patients$tumor_size_group <- factor(patients$tumor_size_group, levels = 1:3, labels = c("≤ 5", "> 5 to ≤ 10", "> 10"))
# tumor_number: Tumour number, of the column 'tumor_number'
patients$tumor_number <- factor(patients$tumor_number, levels = 1:2, labels = c("single", "multiple"))
# pvtt: PVTT grade, of the column 'pvtt'
patients$pvtt <- factor(patients$pvtt, levels = 1:4, labels = c("none", "Vp2", "Vp3", "Vp4"))
# hvtt: HVTT, of the column 'hvtt'
patients$hvtt <- factor(patients$hvtt, levels = 1:2, labels = c("no", "yes"))
# t_stage: T stage, of the column 't_stage'
patients$t_stage <- factor(patients$t_stage, levels = 1:2, labels = c("T3b", "T4"))
# n_stage: N stage, of the column 'n_stage'
patients$n_stage <- factor(patients$n_stage, levels = 1:2, labels = c("N0", "N1"))
# response: Response, of the column 'response'
patients$response <- factor(patients$response, levels = 1:4, labels = c("CR", "PR", "SD", "PD"))
# ae_leukopenia: Leukopenia, the worst grade, of the column 'Leukopenia'
# ae_anemia: Anemia, the worst grade, of the column 'Anemia'
# ae_thrombocytopenia: Thrombocytopenia, the worst grade, of the column 'Thrombocytopenia'
# ae_alt_increased: ALT increased, the worst grade, of the column 'ALT increased'
# ae_ast_increased: AST increased, the worst grade, of the column 'AST increased'
# ae_alp_increased: ALP increased, the worst grade, of the column 'ALP increased'
# ae_bilirubin_increased: Bilirubin increased, the worst grade, of the column 'Bilirubin increased'
# ae_hypoproteinemia: Hypoproteinemia, the worst grade, of the column 'Hypoproteinemia'
# ae_ggt_increased: GGT increased, the worst grade, of the column 'GGT increased'
# ae_hand_foot_syndrome: Hand foot syndrome, the worst grade, of the column 'Hand foot syndrome'
# ae_other_skin_reaction: Other skin reaction, the worst grade, of the column 'Other skin reaction'
# ae_nausea: Nausea, the worst grade, of the column 'Nausea'
# ae_vomiting: Vomiting, the worst grade, of the column 'Vomiting'
# ae_anorexia: Anorexia, the worst grade, of the column 'Anorexia'
# ae_diarrhea: Diarrhea, the worst grade, of the column 'Diarrhea'
# ae_fatigue: Fatigue, the worst grade, of the column 'Fatigue'
# ae_hair_loss: Hair loss, the worst grade, of the column 'Hair loss'

# ---- 1. 门静脉癌栓 "Vp3"
# curves: 59 of 82 patients, PVTT grade Vp3, Vp4; Tumour size > 5 cm.
d <- subset(patients, (pvtt %in% c("Vp3", "Vp4")) &
              ((!is.na(tumor_size) & ((tumor_size > 5)))))
d <- data.frame(time = d$OS_time, event = d$OS_event, group = as.integer(d$arm))
d <- d[complete.cases(d[c("time", "event", "group")]), ]
d$group <- factor(d$group, levels = 1:2, labels = c("TACE+IMRT", "TACE+IMRT+sorafenib"))

fit <- survfit(Surv(time, event) ~ group, data = d, conf.type = "log-log")
quantile(fit, 0.5)                               # medians
summary(fit, times = c(6, 12, 24), extend = TRUE)
quantile(fit, c(0.25, 0.5, 0.75))
print(fit, rmean = 36.0)                # restricted means
quantile(survfit(Surv(time, 1 - event) ~ group, data = d, conf.type = "log-log"), 0.5)  # follow-up

survdiff(Surv(time, event) ~ group, data = d, rho = 0)

d$group <- relevel(d$group, ref = "TACE+IMRT")
summary(coxph(Surv(time, event) ~ group, data = d, ties = "efron",
              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
keep("1", "median", quantile(fit, 0.5, conf.int = FALSE))
model <- coxph(Surv(time, event) ~ group, data = d, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
keep("1", "hazard ratio", exp(coef(model)))
keep("1", "log-rank", survdiff(Surv(time, event) ~ group, data = d, rho = 0)$chisq)

# ---- 2. One curve
# curves: 32 of 82 patients, AFP not (> 400 ng/mL); Age < 50 or ≥ 60 years; Sex not missing.
d <- subset(patients, !((!is.na(afp) & ((afp > 400)))) &
              ((!is.na(age) & ((age < 50) | (age >= 60)))) &
              (!is.na(sex)))
d <- data.frame(time = d$PFS_time, event = d$PFS_event, group = as.integer(factor(rep(1, nrow(d)))))
d <- d[complete.cases(d[c("time", "event", "group")]), ]
d$group <- factor(d$group, levels = 1:1, labels = c("All patients"))

fit <- survfit(Surv(time, event) ~ group, data = d, conf.type = "log-log")
quantile(fit, 0.5)                               # medians
summary(fit, times = c(6, 12, 24), extend = TRUE)
quantile(fit, c(0.25, 0.5, 0.75))
print(fit, rmean = 36.0)                # restricted means
quantile(survfit(Surv(time, 1 - event) ~ group, data = d, conf.type = "log-log"), 0.5)  # follow-up
keep("2", "median", quantile(fit, 0.5, conf.int = FALSE))

# ---- 3. By a number
# curves: 32 of 82 patients, AFP not (> 400 ng/mL); Age < 50 or ≥ 60 years; Sex not missing.
d <- subset(patients, !((!is.na(afp) & ((afp > 400)))) &
              ((!is.na(age) & ((age < 50) | (age >= 60)))) &
              (!is.na(sex)))
d <- data.frame(time = d$OS_time, event = d$OS_event, group = as.integer(d$tumor_size_group))
d <- d[complete.cases(d[c("time", "event", "group")]), ]
d$group <- factor(d$group, levels = 1:3, labels = c("≤ 5", "> 5 to ≤ 10", "> 10"))

fit <- survfit(Surv(time, event) ~ group, data = d, conf.type = "log-log")
quantile(fit, 0.5)                               # medians
summary(fit, times = c(6, 12, 24), extend = TRUE)
quantile(fit, c(0.25, 0.5, 0.75))
print(fit, rmean = 15.7)                # restricted means
quantile(survfit(Surv(time, 1 - event) ~ group, data = d, conf.type = "log-log"), 0.5)  # follow-up

survdiff(Surv(time, event) ~ group, data = d, rho = 0)

d$group <- relevel(d$group, ref = "≤ 5")
summary(coxph(Surv(time, event) ~ group, data = d, ties = "efron",
              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
keep("3", "median", quantile(fit, 0.5, conf.int = FALSE))
model <- coxph(Surv(time, event) ~ group, data = d, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
keep("3", "hazard ratio", exp(coef(model)))
keep("3", "log-rank", survdiff(Surv(time, event) ~ group, data = d, rho = 0)$chisq)

patients <- read.csv("patients-2.csv", fileEncoding = "UTF-8-BOM")
# OS_time, OS_event: Overall survival, months; read by {"label": "Overall survival", "time": "os_months", "event": "os_event", "event_values": ["1"], "unit": "months", "death_counts": true}
# selection: selection, of the column '{"pvtt": {"in": ["Vp3", "Vp4"]}, "tumor_size": {"gt": 5.0}}'
patients$selection <- factor(patients$selection, levels = 1:2, labels = c("All others", "PVTT grade Vp3, Vp4; Tumour size > 5 cm"))

# ---- 4. Against the rest
# curves: 82 of 82 patients, no filter.
d <- patients
d <- data.frame(time = d$OS_time, event = d$OS_event, group = as.integer(d$selection))
d <- d[complete.cases(d[c("time", "event", "group")]), ]
d$group <- factor(d$group, levels = 1:2, labels = c("All others", "PVTT grade Vp3, Vp4; Tumour size > 5 cm"))

fit <- survfit(Surv(time, event) ~ group, data = d, conf.type = "log-log")
quantile(fit, 0.5)                               # medians
summary(fit, times = c(6, 12, 24), extend = TRUE)
quantile(fit, c(0.25, 0.5, 0.75))
print(fit, rmean = 36.0)                # restricted means
quantile(survfit(Surv(time, 1 - event) ~ group, data = d, conf.type = "log-log"), 0.5)  # follow-up

survdiff(Surv(time, event) ~ group, data = d, rho = 0)

d$group <- relevel(d$group, ref = "All others")
summary(coxph(Surv(time, event) ~ group, data = d, ties = "efron",
              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
keep("4", "median", quantile(fit, 0.5, conf.int = FALSE))
model <- coxph(Surv(time, event) ~ group, data = d, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
keep("4", "hazard ratio", exp(coef(model)))
keep("4", "log-rank", survdiff(Surv(time, event) ~ group, data = d, rho = 0)$chisq)

patients <- read.csv("patients-3.csv", fileEncoding = "UTF-8-BOM")
# OS_time, OS_event: Overall survival, months; read by {"label": "Overall survival", "time": "os_months", "event": "os_event", "event_values": ["1"], "unit": "months", "death_counts": true}
# n_stage: N stage, of the column 'n_stage'
patients$n_stage <- factor(patients$n_stage, levels = 1:2, labels = c("N0", "N1"))

# ---- 5. From a landmark
# curves: 82 of 82 patients, no filter.
# Times run from the landmark at 3 months.
# Times run from month 3.
d <- patients
d <- data.frame(time = d$OS_time, event = d$OS_event, group = as.integer(d$n_stage))
d <- d[complete.cases(d[c("time", "event", "group")]), ]
d$group <- factor(d$group, levels = 1:2, labels = c("N0", "N1"))

fit <- survfit(Surv(time, event) ~ group, data = d, conf.type = "log-log")
quantile(fit, 0.5)                               # medians
summary(fit, times = c(6, 12, 24), extend = TRUE)
quantile(fit, c(0.25, 0.5, 0.75))
print(fit, rmean = 21.3)                # restricted means
quantile(survfit(Surv(time, 1 - event) ~ group, data = d, conf.type = "log-log"), 0.5)  # follow-up

survdiff(Surv(time, event) ~ group, data = d, rho = 0)

d$group <- relevel(d$group, ref = "N0")
summary(coxph(Surv(time, event) ~ group, data = d, ties = "efron",
              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
keep("5", "median", quantile(fit, 0.5, conf.int = FALSE))
model <- coxph(Surv(time, event) ~ group, data = d, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
keep("5", "hazard ratio", exp(coef(model)))
keep("5", "log-rank", survdiff(Surv(time, event) ~ group, data = d, rho = 0)$chisq)

patients <- read.csv("patients.csv", fileEncoding = "UTF-8-BOM")
# OS_time, OS_event: Overall survival, months; read by {"label": "Overall survival", "time": "os_months", "event": "os_event", "event_values": ["1"], "unit": "months", "death_counts": true}
# PFS_time, PFS_event: Progression-free survival, months; read by {"label": "Progression-free survival", "time": "pfs_months", "event": "pfs_event", "event_values": ["1"], "unit": "months", "death_counts": true}
# arm: Arm, of the column 'arm'
patients$arm <- factor(patients$arm, levels = 1:2, labels = c("TACE+IMRT", "TACE+IMRT+sorafenib"))
# age: Age years, of the column 'age'
patients$age_group <- factor(patients$age_group, levels = 1:2, labels = c("< 65", "≥ 65"))
# sex: Sex, of the column 'sex'
patients$sex <- factor(patients$sex, levels = 1:2, labels = c("F", "M"))
# ecog: ECOG, of the column 'ecog'
patients$ecog <- factor(patients$ecog, levels = 1:3, labels = c("0", "1", "2"))
# child_pugh: Child-Pugh class, of the column 'child_pugh'
patients$child_pugh <- factor(patients$child_pugh, levels = 1:1, labels = c("A"))
# etiology: Aetiology, of the column 'etiology'
patients$etiology <- factor(patients$etiology, levels = 1:3, labels = c("HBV", "HCV", "none"))
# afp: AFP ng/mL, of the column 'afp_ng_ml'
patients$afp_group <- factor(patients$afp_group, levels = 1:2, labels = c("≤ 400", "> 400"))
# tumor_size: Tumour size cm, of the column 'tumor_size_cm'
patients$tumor_size_group <- factor(patients$tumor_size_group, levels = 1:3, labels = c("≤ 5", "> 5 to ≤ 10", "> 10"))
# tumor_number: Tumour number, of the column 'tumor_number'
patients$tumor_number <- factor(patients$tumor_number, levels = 1:2, labels = c("single", "multiple"))
# pvtt: PVTT grade, of the column 'pvtt'
patients$pvtt <- factor(patients$pvtt, levels = 1:4, labels = c("none", "Vp2", "Vp3", "Vp4"))
# hvtt: HVTT, of the column 'hvtt'
patients$hvtt <- factor(patients$hvtt, levels = 1:2, labels = c("no", "yes"))
# t_stage: T stage, of the column 't_stage'
patients$t_stage <- factor(patients$t_stage, levels = 1:2, labels = c("T3b", "T4"))
# n_stage: N stage, of the column 'n_stage'
patients$n_stage <- factor(patients$n_stage, levels = 1:2, labels = c("N0", "N1"))
# response: Response, of the column 'response'
patients$response <- factor(patients$response, levels = 1:4, labels = c("CR", "PR", "SD", "PD"))
# ae_leukopenia: Leukopenia, the worst grade, of the column 'Leukopenia'
# ae_anemia: Anemia, the worst grade, of the column 'Anemia'
# ae_thrombocytopenia: Thrombocytopenia, the worst grade, of the column 'Thrombocytopenia'
# ae_alt_increased: ALT increased, the worst grade, of the column 'ALT increased'
# ae_ast_increased: AST increased, the worst grade, of the column 'AST increased'
# ae_alp_increased: ALP increased, the worst grade, of the column 'ALP increased'
# ae_bilirubin_increased: Bilirubin increased, the worst grade, of the column 'Bilirubin increased'
# ae_hypoproteinemia: Hypoproteinemia, the worst grade, of the column 'Hypoproteinemia'
# ae_ggt_increased: GGT increased, the worst grade, of the column 'GGT increased'
# ae_hand_foot_syndrome: Hand foot syndrome, the worst grade, of the column 'Hand foot syndrome'
# ae_other_skin_reaction: Other skin reaction, the worst grade, of the column 'Other skin reaction'
# ae_nausea: Nausea, the worst grade, of the column 'Nausea'
# ae_vomiting: Vomiting, the worst grade, of the column 'Vomiting'
# ae_anorexia: Anorexia, the worst grade, of the column 'Anorexia'
# ae_diarrhea: Diarrhea, the worst grade, of the column 'Diarrhea'
# ae_fatigue: Fatigue, the worst grade, of the column 'Fatigue'
# ae_hair_loss: Hair loss, the worst grade, of the column 'Hair loss'

# ---- 6. A plot per level
# F
# curves: 12 of 82 patients, no filter.
d <- patients
d <- d[d$sex %in% "F", ]
d <- data.frame(time = d$OS_time, event = d$OS_event, group = as.integer(d$arm))
d <- d[complete.cases(d[c("time", "event", "group")]), ]
d$group <- factor(d$group, levels = 1:2, labels = c("TACE+IMRT", "TACE+IMRT+sorafenib"))

fit <- survfit(Surv(time, event) ~ group, data = d, conf.type = "log-log")
quantile(fit, 0.5)                               # medians
summary(fit, times = c(6, 12, 24), extend = TRUE)
quantile(fit, c(0.25, 0.5, 0.75))
print(fit, rmean = 20.7)                # restricted means
quantile(survfit(Surv(time, 1 - event) ~ group, data = d, conf.type = "log-log"), 0.5)  # follow-up

survdiff(Surv(time, event) ~ group, data = d, rho = 0)

d$group <- relevel(d$group, ref = "TACE+IMRT")
summary(coxph(Surv(time, event) ~ group, data = d, ties = "efron",
              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
keep("6.1", "median", quantile(fit, 0.5, conf.int = FALSE))
model <- coxph(Surv(time, event) ~ group, data = d, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
keep("6.1", "hazard ratio", exp(coef(model)))
keep("6.1", "log-rank", survdiff(Surv(time, event) ~ group, data = d, rho = 0)$chisq)
# M
# curves: 70 of 82 patients, no filter.
d <- patients
d <- d[d$sex %in% "M", ]
d <- data.frame(time = d$OS_time, event = d$OS_event, group = as.integer(d$arm))
d <- d[complete.cases(d[c("time", "event", "group")]), ]
d$group <- factor(d$group, levels = 1:2, labels = c("TACE+IMRT", "TACE+IMRT+sorafenib"))

fit <- survfit(Surv(time, event) ~ group, data = d, conf.type = "log-log")
quantile(fit, 0.5)                               # medians
summary(fit, times = c(6, 12, 24), extend = TRUE)
quantile(fit, c(0.25, 0.5, 0.75))
print(fit, rmean = 36.0)                # restricted means
quantile(survfit(Surv(time, 1 - event) ~ group, data = d, conf.type = "log-log"), 0.5)  # follow-up

survdiff(Surv(time, event) ~ group, data = d, rho = 0)

d$group <- relevel(d$group, ref = "TACE+IMRT")
summary(coxph(Surv(time, event) ~ group, data = d, ties = "efron",
              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
keep("6.2", "median", quantile(fit, 0.5, conf.int = FALSE))
model <- coxph(Surv(time, event) ~ group, data = d, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
keep("6.2", "hazard ratio", exp(coef(model)))
keep("6.2", "log-rank", survdiff(Surv(time, event) ~ group, data = d, rho = 0)$chisq)

# ---- 7. A test
# test: 59 of 82 patients, PVTT grade Vp3, Vp4; Tumour size > 5 cm.
d <- subset(patients, (pvtt %in% c("Vp3", "Vp4")) &
              ((!is.na(tumor_size) & ((tumor_size > 5)))))
d <- data.frame(time = d$OS_time, event = d$OS_event, group = as.integer(d$arm), s1 = as.integer(factor(d$sex)))
d <- d[complete.cases(d[c("time", "event", "group")]), ]
d$s1[d$s1 < 0] <- NA
d$group <- factor(d$group, levels = 1:2, labels = c("TACE+IMRT", "TACE+IMRT+sorafenib"))

fit <- survfit(Surv(time, event) ~ group, data = d, conf.type = "log-log")
quantile(fit, 0.5)                               # medians
summary(fit, times = c(6, 12, 24), extend = TRUE)
quantile(fit, c(0.25, 0.5, 0.75))
print(fit, rmean = 36.0)                # restricted means
quantile(survfit(Surv(time, 1 - event) ~ group, data = d, conf.type = "log-log"), 0.5)  # follow-up

survdiff(Surv(time, event) ~ group + strata(s1), data = d, rho = 1)

d$group <- relevel(d$group, ref = "TACE+IMRT")
summary(coxph(Surv(time, event) ~ group, data = d, ties = "efron",
              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
keep("7", "median", quantile(fit, 0.5, conf.int = FALSE))
model <- coxph(Surv(time, event) ~ group, data = d, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
keep("7", "hazard ratio", exp(coef(model)))
keep("7", "stratified Peto", survdiff(Surv(time, event) ~ group + strata(s1), data = d, rho = 1)$chisq)

# ---- 8. A model
# model: 59 of 82 patients, PVTT grade Vp3, Vp4; Tumour size > 5 cm.
d <- subset(patients, (pvtt %in% c("Vp3", "Vp4")) &
              ((!is.na(tumor_size) & ((tumor_size > 5)))))
d <- data.frame(time = d$OS_time, event = d$OS_event, x1 = as.integer(d$arm), x2 = as.integer(d$pvtt), x3 = d$age, s1 = as.integer(factor(d$sex)))
d <- d[complete.cases(d[c("time", "event")]), ]
d$x1 <- droplevels(factor(d$x1, levels = c(1, 2), labels = c("TACE+IMRT", "TACE+IMRT+sorafenib")))  # Arm
d$x2 <- droplevels(factor(d$x2, levels = c(3, 1, 2, 4), labels = c("Vp3", "none", "Vp2", "Vp4")))  # PVTT grade
# x3: Age

fit <- coxph(Surv(time, event) ~ x1 + x2 + x3 + strata(s1), data = d, ties = "efron",
             control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
summary(fit)                      # ratios, the three tests, concordance
cox.zph(fit, transform = "km")    # proportional hazards
keep("8", "hazard ratio", exp(coef(fit)))

# ---- 9. Firth
# model: 59 of 82 patients, PVTT grade Vp3, Vp4; Tumour size > 5 cm.
d <- subset(patients, (pvtt %in% c("Vp3", "Vp4")) &
              ((!is.na(tumor_size) & ((tumor_size > 5)))))
d <- data.frame(time = d$PFS_time, event = d$PFS_event, x1 = as.integer(d$arm), x2 = d$age)
d <- d[complete.cases(d[c("time", "event")]), ]
d$x1 <- droplevels(factor(d$x1, levels = c(1, 2), labels = c("TACE+IMRT", "TACE+IMRT+sorafenib")))  # Arm
# x2: Age

at <- function(b) coxph(Surv(time, event) ~ x1 + x2, data = d, ties = "efron", init = b,
                        control = coxph.control(iter.max = 0, toler.chol = 1e-15))
value <- function(b) { m <- at(b); m$loglik[2] - as.numeric(determinant(m$var)$modulus) / 2 }
p <- length(coef(coxph(Surv(time, event) ~ x1 + x2, data = d, control = coxph.control(iter.max = 0))))
unit <- sqrt(diag(at(rep(0, p))$var))
exact <- list(reltol = 1e-15, maxit = 999)
highest <- function(start, f) optim(start, function(z) -f(z), method = "BFGS", control = exact)
best <- highest(rep(0, p), function(z) value(z * unit))
profile <- function(j, z) {  # the maximum over the others
  if (p == 1) return(value(z * unit))
  -highest(best$par[-j], function(o) value(append(o, z, j - 1) * unit))$value
}
limit <- function(j, side) {
  fallen <- function(z) profile(j, z) + best$value + qchisq(0.95, 1) / 2
  outer <- best$par[j] + side
  while (fallen(outer) > 0 && abs(outer) < 50) outer <- outer + side
  if (fallen(outer) > 0) side * Inf else uniroot(fallen, sort(c(best$par[j], outer)), tol = 1e-10)$root
}
coef <- best$par * unit
low <- sapply(1:p, limit, -1) * unit
high <- sapply(1:p, limit, 1) * unit
p_value <- sapply(1:p, function(j) pchisq(-2 * (best$value + profile(j, 0)), 1, lower.tail = FALSE))
statistic <- -2 * (best$value + value(rep(0, p)))    # the penalised likelihood ratio
cbind(ratio = exp(coef), low = exp(low), high = exp(high), p = p_value)
keep("9", "hazard ratio", exp(coef))

# ---- 10. Subgroups
# subgroups: 32 of 82 patients, AFP not (> 400 ng/mL); Age < 50 or ≥ 60 years; Sex not missing.
d <- subset(patients, !((!is.na(afp) & ((afp > 400)))) &
              ((!is.na(age) & ((age < 50) | (age >= 60)))) &
              (!is.na(sex)))
d <- data.frame(time = d$OS_time, event = d$OS_event, group = d$arm, x1 = d$pvtt, x2 = d$hvtt, x3 = d$afp_group, x4 = d$tumor_size_group, x5 = d$tumor_number, x6 = d$t_stage, x7 = d$n_stage, x8 = d$ecog, x9 = d$age_group, x10 = d$sex, x11 = d$etiology)
d <- d[complete.cases(d[c("time", "event", "group")]), ]
d$group <- relevel(droplevels(d$group), ref = "TACE+IMRT")
ratio <- function(e) {  # without events in an arm there is no finite ratio
  if (any(tapply(e$event, e$group, sum) %in% c(0, NA))) return(rep(NA, nlevels(e$group) - 1))
  exp(coef(coxph(Surv(time, event) ~ group, data = e, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))))
}
keep("10", "hazard ratio, all", ratio(d))
labels <- c(x1 = "PVTT grade", x2 = "HVTT", x3 = "AFP", x4 = "Tumour size", x5 = "Tumour number", x6 = "T stage", x7 = "N stage", x8 = "ECOG", x9 = "Age", x10 = "Sex", x11 = "Aetiology")
for (x in names(labels)) {
  e <- d[!is.na(d[[x]]), ]; e$x <- droplevels(e[[x]])
  for (level in levels(d[[x]])) keep("10", paste("hazard ratio,", labels[[x]], level), ratio(d[d[[x]] %in% level, ]))
  if (nlevels(e$x) > 1) {
    fits <- lapply(c("group + x", "group * x"), function(right) suppressWarnings(
      coxph(as.formula(paste("Surv(time, event) ~", right)), data = e, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))))
    keep("10", paste("likelihood ratio of the interaction,", labels[[x]]),
         2 * (fits[[2]]$loglik[2] - fits[[1]]$loglik[2]))
  }
}

# ---- 11. Along a number
# along: 59 of 82 patients, PVTT grade Vp3, Vp4; Tumour size > 5 cm.
d <- subset(patients, (pvtt %in% c("Vp3", "Vp4")) &
              ((!is.na(tumor_size) & ((tumor_size > 5)))))
d <- data.frame(time = d$OS_time, event = d$OS_event, group = d$arm, x = d$age)
d <- d[complete.cases(d[c("time", "event", "group", "x")]), ]
d$group <- relevel(droplevels(d$group), ref = "TACE+IMRT")
plain <- coxph(Surv(time, event) ~ group + x, data = d, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
fit <- coxph(Surv(time, event) ~ group * x, data = d, ties = "efron", control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
at <- quantile(d$x, c(0.25, 0.5, 0.75))
k <- nlevels(d$group) - 1
for (i in 1:k) keep("11", paste("hazard ratio at the quartiles,", levels(d$group)[i + 1]),
  exp(coef(fit)[i] + at * coef(fit)[k + 1 + i]))
keep("11", "likelihood ratio of the interaction", 2 * (fit$loglik[2] - plain$loglik[2]))

# ---- 12. Baseline
# baseline: 32 of 82 patients, AFP not (> 400 ng/mL); Age < 50 or ≥ 60 years; Sex not missing.
d <- subset(patients, !((!is.na(afp) & ((afp > 400)))) &
              ((!is.na(age) & ((age < 50) | (age >= 60)))) &
              (!is.na(sex)))
d$group <- droplevels(d$arm)
d <- d[!is.na(d$group), ]
for (g in levels(d$group)) keep("12", paste("Age", g),
  quantile(d$age[d$group == g], c(0.5, 0.25, 0.75), na.rm = TRUE))
keep("12", "Sex", table(d$sex, d$group))
keep("12", "ECOG", table(d$ecog, d$group))
keep("12", "Child-Pugh class", table(d$child_pugh, d$group))
keep("12", "Aetiology", table(d$etiology, d$group))
for (g in levels(d$group)) keep("12", paste("AFP", g),
  quantile(d$afp[d$group == g], c(0.5, 0.25, 0.75), na.rm = TRUE))
for (g in levels(d$group)) keep("12", paste("Tumour size", g),
  quantile(d$tumor_size[d$group == g], c(0.5, 0.25, 0.75), na.rm = TRUE))
keep("12", "Tumour number", table(d$tumor_number, d$group))
keep("12", "PVTT grade", table(d$pvtt, d$group))
keep("12", "HVTT", table(d$hvtt, d$group))
keep("12", "T stage", table(d$t_stage, d$group))
keep("12", "N stage", table(d$n_stage, d$group))

# ---- 13. Response
# response: 32 of 82 patients, AFP not (> 400 ng/mL); Age < 50 or ≥ 60 years; Sex not missing.
d <- subset(patients, !((!is.na(afp) & ((afp > 400)))) &
              ((!is.na(age) & ((age < 50) | (age >= 60)))) &
              (!is.na(sex)))
d$group <- d$arm
d <- d[!is.na(d$group), ]
table(d$response, d$group, useNA = "ifany")
responded <- factor(d$response %in% c("CR", "PR"), levels = c(TRUE, FALSE))
counts <- table(responded, d$group)
keep("13", "objective response", counts["TRUE", ])
for (g in levels(d$group)) if (sum(counts[, g])) keep("13", paste("exact limits,", g),
  binom.test(counts["TRUE", g], sum(counts[, g]))$conf.int)
if (ncol(counts) == 2) keep("13", "Fisher", fisher.test(counts)$p.value)

# ---- 14. Adverse events
# butterfly: 59 of 82 patients, PVTT grade Vp3, Vp4; Tumour size > 5 cm.
d <- subset(patients, (pvtt %in% c("Vp3", "Vp4")) &
              ((!is.na(tumor_size) & ((tumor_size > 5)))))
d$group <- d$arm
d <- d[!is.na(d$group), ]
terms <- c("Leukopenia" = "ae_leukopenia", "Anemia" = "ae_anemia", "Thrombocytopenia" = "ae_thrombocytopenia", "ALT increased" = "ae_alt_increased", "AST increased" = "ae_ast_increased", "ALP increased" = "ae_alp_increased", "Bilirubin increased" = "ae_bilirubin_increased", "Hypoproteinemia" = "ae_hypoproteinemia", "GGT increased" = "ae_ggt_increased", "Hand foot syndrome" = "ae_hand_foot_syndrome", "Other skin reaction" = "ae_other_skin_reaction", "Nausea" = "ae_nausea", "Vomiting" = "ae_vomiting", "Anorexia" = "ae_anorexia", "Diarrhea" = "ae_diarrhea", "Fatigue" = "ae_fatigue", "Hair loss" = "ae_hair_loss")
for (term in names(terms)) for (least in c(1, 3)) {
  had <- factor(d[[terms[[term]]]] >= least, levels = c(TRUE, FALSE))  # missing where it was not recorded
  counts <- table(had, d$group)
  keep("14", paste0(term, ", grade >= ", least), counts["TRUE", ])
  if (ncol(counts) == 2 && sum(counts["TRUE", ])) keep("14", paste0(term, ", grade >= ", least, ", Fisher"),
    fisher.test(counts)$p.value)
}

# ---- 15. Not in R
# Base R and survival do not give it: analysis.py makes it.

# ---- 16. A spline
# model: 59 of 82 patients, PVTT grade Vp3, Vp4; Tumour size > 5 cm.
# A restricted cubic spline: analysis.py makes it.

write.csv(results, "results-r.csv", row.names = FALSE, fileEncoding = "UTF-8")
