"""Makes the SF1 samples of this folder, with writers that have nothing in common with the reader under test.

    python -m venv /tmp/sf1 && /tmp/sf1/bin/pip install xlwt==1.3.0 openpyxl==3.1.5
    /tmp/sf1/bin/python make_sf1.py

The geometry is that of the LIS export school_form_1_ver2014.2.1.1. Every name, number and address is made up.
"""
import openpyxl
import xlwt

ROW0 = 6
# first column of each of the 19 columns
COLUMNS = [0, 2, 6, 7, 9, 11, 13, 14, 15, 17, 20, 22, 27, 31, 36, 40, 41, 43, 44]
SPANS = [(0, 1), (2, 5), (6, 6), (7, 8), (9, 10), (11, 12), (13, 13), (14, 14), (15, 16), (17, 19), (20, 21), (22, 26),
         (27, 30), (31, 35), (36, 39), (40, 40), (41, 42), (43, 43), (44, 45)]
TITLES = ["LRN", "NAME\n(Last Name, First Name, Middle Name)", "Sex (M/F)", "BIRTH DATE (mm/dd/yyyy)",
          "AGE as of 1st Friday June", "MOTHER TONGUE (Grade 1 to 3 Only)", "IP (Ethnic Group)", "RELIGION",
          "House #/ Street/ Sitio/ Purok", "Barangay", "Municipality/ City", "Province",
          "Father's Name (Last Name, First Name, Middle Name)", "Mother's Maiden Name (Last Name, First Name, Middle Name)",
          "Guardian's Name (if not parent)", "Relationship", "Contact Number of Parent or Guardian",
          "Learning Modality", "REMARKS"]
FOOTER = "List and Code of Indicators under REMARKS column"


def row(lrn, name, sex, born, age="", tongue="", ip="", religion="Christianity", house="", barangay="Poblacion",
        town="MABINI", province="BATANGAS", father="", mother="", guardian="", relation="", contact="",
        modality="Face to Face", remarks=""):
    return [lrn, name, sex, born, age, tongue, ip, religion, house, barangay, town, province, father, mother, guardian,
            relation, contact, modality, remarks]


def plain(i, sex):
    """An unremarkable learner."""
    last = ["SANTOS", "REYES", "GARCIA", "FLORES", "RAMOS", "AQUINO", "TORRES", "LOPEZ", "CASTRO", "RIVERA"][i % 10]
    first = (["JOSE", "MARK", "PAOLO", "CARLO", "MIGUEL", "ANGELO", "RAFAEL", "DIEGO"] if sex == "M"
             else ["ANA", "LIZA", "GRACE", "ROSE", "CLARA", "JOY", "HOPE", "FAITH"])[i // 10 % 8]
    first += ["", " LUIS", " MARIE"][i % 3] if sex == "M" else ["", " MAE", " JOY"][i % 3]
    middle = ["DIZON", "LUNA", "OCAMPO", "PINEDA", "TOLENTINO", "VERGARA", "ZAMORA"][i % 7]
    day = 1 + i % 28
    return row(f"3000211300{i:02}", f"{last},{first}, {middle}", sex, f"03/{day:02}/2014", "12",
               father=f"{last}, PEDRO CRUZ", mother=f"{middle}, TERESA LIM", contact=f"0917{1000000 + i}")


MALES = [
    # The extension rides with the middle name; birth date with dashes; moved in during the year.
    row("300021130101", "DELGADO,RAMON, JR. SALAZAR", "M", "05-14-2013", "13", father="DELGADO, RAMON CRUZ SR",
        mother="SALAZAR, LUZ ANG", contact="0917 123 4567", remarks="T/I DATE:2026-06-22"),
    # No middle name; no father; a guardian with a number of their own.
    row("300021130102", "DELA CRUZ,JUAN, -", "M", "02/28/2014", "12", father="-", mother="DELA CRUZ, MARIA REYES",
        guardian="DELA CRUZ, LOLA BASILIA", relation="GRANDMOTHER", contact="+63 918 555 0102", remarks="CCT 041277"),
    # The date is an Excel serial, 2013-05-04.
    row("012345678901", "ÑOÑEZ,JOSÉ MARIA, PEÑAFLOR", "M", 41398, "13", religion="Islam", ip="Badjao",
        contact="8123456", remarks="SNED Hearing"),
    # No LRN yet.
    row("-", "BAUTISTA,PAOLO, IV MENDOZA", "M", "11/30/2013", "12", remarks="LE moved from abroad"),
    row("", "CRUZ,ANDRES, BONIFACIO", "M", "07/01/2014", "11", remarks="B/A San Isidro NHS 2024"),
    # Excel rounded the LRN.
    row("1.32797E+11", "LUNA,MARCO, DIZON", "M", "01/01/2014", "12"),
    # The age on the form is not that of the birth date; the guardian is the mother.
    row("300021130107", "MENDOZA,CARL DAVE, UY", "M", "01/15/2014", "11", mother="UY, CORA SY",
        guardian="UY, CORA SY", relation="MOTHER", contact="9175550107"),
]
FEMALES = [
    row("300021130201", "PEÑA,MA. CLARA, DE LOS REYES", "F", "06/08/2014", "11", tongue="Tagalog", house="Purok 3",
        mother="DE LOS REYES, ANA LIZA", contact="09191112222/09203334444"),
    row("300021130202", "VILLANUEVA,KIM, -", "F", "12/12/2013", "12", remarks="T/O Rizal NHS (P) 08/15/2026"),
    row("300021130203", "YAP,GRACE, ONG", "F", "09/09/2013", "12", remarks="DRP b.1 2026-09-01"),
    # Twice the same LRN.
    row("300021130203", "YAP,GRACIA, ONG", "F", "09/09/2013", "12"),
    # Neither a sex nor a date that exist.
    row("300021130205", "ZAMORA,LEA, TAN", "X", "13/32/2013", ""),
    # A parent without a comma.
    row("300021130206", "ABAD,NINA, SIA", "F", "04/04/2014", "12", father="ABAD RICO", mother="SIA, MINA"),
    row("300021130207", "DE GUZMAN,PRINCESS JOY, LIM", "F", "03/03/2014", "12", remarks="ACL Grade 8 06/08/2026"),
]
MALES += [plain(i, "M") for i in range(10, 23)]
FEMALES += [plain(i, "F") for i in range(40, 53)]


def cells(school_id="300021", top=0, left=0):
    """(row, column, value) of the whole form."""
    out = [(0, 12, "School Form 1 (SF 1) School Register"),
           (2, 3, "School ID"), (2, 5, school_id), (2, 8, "Region"), (2, 10, "Region IV-A"), (2, 17, "Division"),
           (2, 19, "Batangas"), (3, 3, "School Name"), (3, 5, "Mabini National High School"), (3, 17, "School Year"),
           (3, 19, "2026 - 2027"), (3, 27, "Grade Level"), (3, 30, "Grade 7 (Year I)"), (3, 36, "Section"),
           (3, 38, "RIZAL")]
    out += [(4, COLUMNS[i], TITLES[i]) for i in range(8)]
    out += [(4, 15, "ADDRESS"), (4, 27, "PARENTS"), (4, 36, "GUARDIAN"), (4, 41, TITLES[16]), (4, 43, TITLES[17]),
            (4, 44, TITLES[18])]
    out += [(5, COLUMNS[i], TITLES[i]) for i in range(8, 16)]
    at = ROW0
    for block, total in ((MALES, "<=== TOTAL MALE"), (FEMALES, "<=== TOTAL FEMALE")):
        for learner in block:
            out += [(at, COLUMNS[i], value) for i, value in enumerate(learner) if value != ""]
            at += 1
        out += [(at, 0, len(block)), (at, 2, total)]
        at += 1
    out += [(at, 0, len(MALES) + len(FEMALES)), (at, 2, "<=== COMBINED"), (at + 1, 0, FOOTER),
            (at + 2, 0, "T/O"), (at + 2, 2, "Name of Public (P) Private (PR) School & Effectivity Date"),
            (at + 3, 0, "Prepared by:"), (at + 3, 20, "Certified Correct:"), (at + 4, 2, "SANTOS,LINDA, R"),
            (at + 6, 0, "Generated thru LIS")]
    return [(r + top, c + left, value) for r, c, value in out]


def spans(top=0):
    rows = range(ROW0 + top, ROW0 + top + len(MALES) + len(FEMALES) + 1)
    return [(r, first, last) for r in rows for first, last in SPANS if last > first]


def write_xls(path, **where):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("school_form_1_ver2014.2.1.1", cell_overwrite_ok=True)
    values = {(r, c): value for r, c, value in cells(**where)}
    for r, first, last in spans(where.get("top", 0)):
        sheet.write_merge(r, r, first, last, values.pop((r, first), None))
    for (r, c), value in values.items():
        sheet.write(r, c, value)
    book.save(path)


def write_xlsx(path, **where):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "SF1"
    for r, c, value in cells(**where):
        sheet.cell(r + 1, c + 1, value)
    for r, first, last in spans(where.get("top", 0)):
        sheet.merge_cells(start_row=r + 1, end_row=r + 1, start_column=first + 1, end_column=last + 1)
    book.save(path)


write_xls("sf1.xls")
write_xlsx("sf1.xlsx")
# The same, two rows lower; and that of another school.
write_xls("sf1_lower.xls", top=2)
write_xls("sf1_other_school.xls", school_id="300999")
whole = open("sf1.xls", "rb").read()
open("sf1_cut.xls", "wb").write(whole[: len(whole) // 2])
open("sf1_csv.xls", "w").write("LRN,NAME,Sex\n300021130101,\"DELGADO,RAMON, JR. SALAZAR\",M\n")
open("sf1_html.xls", "w").write("<html><body><table><tr><td>LRN</td><td>NAME</td></tr></table></body></html>\n")
