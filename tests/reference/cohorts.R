# The cohorts that several rooms' reference values rest on, and their CSV files. Sourced by the scripts beside it.
library(survival)
here <- "tests/reference"
source(file.path(here, "json.R"))
strict <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 60)
month <- 30.4375

# ---- time in months, event 0/1, arm as text, reference level named
write.csv(lung, file.path(here, "lung.csv"), row.names = FALSE, na = "")
write.csv(veteran, file.path(here, "veteran.csv"), row.names = FALSE, na = "")
write.csv(ovarian, file.path(here, "ovarian.csv"), row.names = FALSE, na = "")
deaths <- subset(colon, etype == 2)
write.csv(deaths, file.path(here, "colon.csv"), row.names = FALSE, na = "")
write.csv(pbc, file.path(here, "pbc.csv"), row.names = FALSE, na = "")
simulated <- local({
  set.seed(20231107)
  n <- 10000
  arm <- rbinom(n, 1, 0.5); stage <- sample(1:4, n, TRUE, c(4, 3, 2, 1)); age <- round(rnorm(n, 60, 10), 1)
  marker <- round(exp(rnorm(n, 4 + 0.3 * stage, 1)), 1)
  rate <- 0.02 * exp(-0.4 * arm + 0.35 * (stage - 1) + 0.02 * (age - 60) + 0.15 * log(marker / 50))
  relapse <- rexp(n, rate); death <- rexp(n, 0.4 * rate * exp(0.3 * arm)); end <- runif(n, 6, 60)
  time <- pmin(relapse, death, end)
  data.frame(id = 1:n, arm = ifelse(arm == 1, "test", "control"), stage = stage, age = age, marker = marker,
             months = round(time, 1) + 0.1, cause = ifelse(time == end, 0, ifelse(relapse < death, 1, 2)))
})
write.csv(simulated, file.path(here, "simulated.csv"), row.names = FALSE, quote = FALSE)
yang <- read.csv("sample_data/yang2023_synthetic.csv")
hcc <- read.csv("sample_data/hepatocellular.csv")
pick <- function(time, event, arm, levels) {
  data.frame(time = time, event = event, arm = factor(arm, levels = levels))
}
arms <- c("TACE+IMRT", "TACE+IMRT+sorafenib")
cohorts <- list(
  yang_os = pick(yang$os_months, yang$os_event, yang$arm, arms),
  yang_pfs = pick(yang$pfs_months, yang$pfs_event, yang$arm, arms),
  yang_pvtt = pick(yang$os_months, yang$os_event, yang$pvtt, c("none", "Vp2", "Vp3", "Vp4")),
  yang_vp34_afp400 = with(subset(yang, pvtt %in% c("Vp3", "Vp4") & afp_ng_ml > 400),
                          pick(os_months, os_event, arm, arms)),
  hcc_os_bclc = pick(hcc$OS, hcc$Death, hcc$BCLC, sort(unique(hcc$BCLC))),
  hcc_rfs_tnm = pick(hcc$RFS, hcc$Recurrence, hcc$TNM, sort(unique(hcc$TNM))),
  lung_sex = pick(lung$time / month, lung$status == 2, lung$sex, 1:2),
  lung_ecog = pick(lung$time / month, lung$status == 2, lung$ph.ecog, 0:3),
  veteran_trt = pick(veteran$time / month, veteran$status, veteran$trt, 1:2),
  veteran_cell = pick(veteran$time / month, veteran$status, veteran$celltype,
                      c("adeno", "large", "smallcell", "squamous")),
  ovarian_rx = pick(ovarian$futime / month, ovarian$fustat, ovarian$rx, 1:2),
  colon_rx = pick(deaths$time / month, deaths$status, deaths$rx, c("Obs", "Lev", "Lev+5FU")),
  colon_node4 = pick(deaths$time / month, deaths$status, deaths$node4, 0:1),
  pbc_trt = pick(pbc$time / month, pbc$status == 2, pbc$trt, 1:2),
  pbc_stage = pick(pbc$time / month, pbc$status == 2, pbc$stage, 1:4),
  simulated_arm = pick(simulated$months, simulated$cause > 0, simulated$arm, c("control", "test")),
  simulated_stage = pick(simulated$months, simulated$cause > 0, simulated$stage, 1:4)
)
