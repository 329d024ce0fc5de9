# Prints a sheet as CSV.
arguments <- commandArgs(trailingOnly = TRUE)
sheet <- readxl::read_excel(arguments[1], sheet = as.integer(arguments[2]), col_names = FALSE, col_types = "text",
                            trim_ws = FALSE, .name_repair = "minimal")
write.table(sheet, sep = ",", qmethod = "double", na = "", row.names = FALSE, col.names = FALSE, fileEncoding = "UTF-8")
