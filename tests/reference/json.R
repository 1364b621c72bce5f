# A small JSON writer (base R has none); 17 digits keep every double
json <- function(x) {
  if (is.list(x)) {
    body <- vapply(x, json, "")
    if (is.null(names(x))) return(paste0("[", paste(body, collapse = ","), "]"))
    return(paste0("{", paste0('"', names(x), '":', body, collapse = ","), "}"))
  }
  one <- function(v) {
    if (is.na(v)) "null" else if (is.character(v)) paste0('"', v, '"') else
      if (is.infinite(v)) "null" else formatC(v, digits = 17, format = "g")
  }
  body <- vapply(x, one, "")
  if (length(x) == 1) body else paste0("[", paste(body, collapse = ","), "]")
}
vec <- function(v) as.list(unname(v))
