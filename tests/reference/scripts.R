# Runs scripts/analysis.R, a script as the app saves it, on the files that come with it; it writes results-r.csv.
# Run from the project's root, with R >= 4.2 and its package survival:  Rscript tests/reference/scripts.R
setwd("tests/reference/scripts")
source("analysis.R", encoding = "UTF-8", echo = FALSE)
