# OS: 65 of 82 patients, PVTT grade Vp3, Vp4.
library(survival)
d <- read.csv("shown_cox.csv", fileEncoding = "UTF-8-BOM", comment.char = "#")
d$x1 <- droplevels(factor(d$x1, levels = c(2, 1), labels = c("TACE+IMRT+sorafenib", "TACE+IMRT")))  # Arm
d$x2 <- as.matrix(d[, c("x2_1", "x2_2", "x2_3")])  # Age, a restricted cubic spline's columns
# x3: AFP
d$x4 <- droplevels(factor(d$x4, levels = c(1, 2, 3), labels = c("≤ 5", "> 5 to ≤ 10", "> 10")))  # Tumour size
d$x5 <- droplevels(factor(d$x5, levels = c(1, 2, 3), labels = c("0", "1", "2")))  # ECOG

fit <- coxph(Surv(time, event) ~ x1 + x2 + log2(x3) + x4 + x5 + strata(s1), data = d, ties = "efron",
             control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
summary(fit)                      # ratios, the three tests, concordance
cox.zph(fit, transform = "km")    # proportional hazards
bent <- grep("^x2x2_", names(coef(fit)))[-1]    # x2 against a straight line
wald <- sum(coef(fit)[bent] * solve(vcov(fit)[bent, bent], coef(fit)[bent]))
pchisq(wald, length(bent), lower.tail = FALSE)
