# Writes summaries.json: what a baseline table tests.
# Run from the project's root:  Rscript tests/reference/summaries.R
here <- "tests/reference"
source(file.path(here, "json.R"))

# ---- baseline: tests of numbers and levels by arm in the sample, and Lilliefors' distance
yang <- read.csv("sample_data/yang2023_synthetic.csv"); arm <- factor(yang$arm, levels = c("TACE+IMRT", "TACE+IMRT+sorafenib"))
lilliefors <- function(x) {  # Dallal and Wilkinson's approximation, as nortest has it
  x <- sort(x); n <- length(x); p <- pnorm((x - mean(x)) / sd(x)); k <- max(seq_len(n) / n - p, p - (seq_len(n) - 1) / n)
  kd <- if (n <= 100) k else k * (n / 100)^0.49; nd <- min(n, 100)
  v <- exp(-7.01256 * kd^2 * (nd + 2.78019) + 2.99587 * kd * sqrt(nd + 2.78019) - 0.122119 + 0.974598 / sqrt(nd) + 1.67997 / nd)
  if (v > 0.1) {
    kk <- (sqrt(n) - 0.01 + 0.85 / sqrt(n)) * k
    v <- if (kk <= 0.302) 1 else if (kk <= 0.5) 2.76773 - 19.828315 * kk + 80.709644 * kk^2 - 138.55152 * kk^3 + 81.218052 * kk^4
    else if (kk <= 0.9) -4.901232 + 40.662806 * kk - 97.490286 * kk^2 + 94.029866 * kk^3 - 32.355711 * kk^4
    else if (kk <= 1.31) 6.198765 - 19.558097 * kk + 23.186922 * kk^2 - 12.234627 * kk^3 + 2.423045 * kk^4 else 0
  }
  c(k, v)
}
smd_levels <- function(f) {  # Yang and Dalton 2012, as tableone has it
  p <- prop.table(table(arm, f), 1)[, -1, drop = FALSE]; d <- p[2, ] - p[1, ]
  s <- lapply(1:2, function(i) { s <- -outer(p[i, ], p[i, ]); diag(s) <- p[i, ] * (1 - p[i, ]); s }); s <- (s[[1]] + s[[2]]) / 2
  sqrt(drop(d %*% MASS_ginv(s) %*% d))
}
MASS_ginv <- function(s) { e <- svd(s); keep <- e$d > 1e-12 * e$d[1]; e$v[, keep, drop = FALSE] %*% (t(e$u[, keep, drop = FALSE]) / e$d[keep]) }
number <- function(x) list(
  student = t.test(x ~ arm, var.equal = TRUE)$p.value, welch = t.test(x ~ arm)$p.value,
  wilcoxon = suppressWarnings(wilcox.test(x ~ arm))$p.value, uncorrected = suppressWarnings(wilcox.test(x ~ arm, correct = FALSE))$p.value,
  quartiles = vec(as.vector(sapply(levels(arm), function(a) quantile(x[arm == a], c(0.25, 0.5, 0.75))))),
  moments = vec(as.vector(sapply(levels(arm), function(a) c(mean(x[arm == a]), sd(x[arm == a]))))),
  lilliefors = vec(lilliefors(x)), kruskal = kruskal.test(x ~ yang$etiology)$p.value,
  anova = summary(aov(x ~ yang$etiology))[[1]][1, "Pr(>F)"],
  smd = (mean(x[arm == levels(arm)[2]]) - mean(x[arm == levels(arm)[1]])) / sqrt((var(x[arm == levels(arm)[1]]) + var(x[arm == levels(arm)[2]])) / 2))
level <- function(f) list(fisher = fisher.test(table(f, arm), workspace = 2e7)$p.value, pearson = suppressWarnings(chisq.test(table(f, arm), correct = FALSE))$p.value,
                          smd = smd_levels(factor(f)))
baseline <- list(age = number(yang$age), tumor_size = number(yang$tumor_size_cm), afp = number(yang$afp_ng_ml),
                 sex = level(yang$sex), pvtt = level(yang$pvtt), etiology = level(yang$etiology), ecog = level(yang$ecog))
small <- with(subset(yang, etiology == "none"), list(wilcoxon = wilcox.test(age ~ arm)$p.value))
writeLines(json(list(r = R.version.string, baseline = baseline, small = small)), file.path(here, "summaries.json"))
