//! Where things stand on the School Register as LIS exports it, sheet `school_form_1_ver2014.2.1.1`: the one place that knows,
//! for the workbook that is written here and for the import that reads LIS's.
//!
//! Rows and columns count from 0. The table's columns keep their distances from the LRN's, which stands in column 0.

pub const SHEET: &str = "school_form_1_ver2014.2.1.1";
/// First row of the table's header.
pub const TABLE: u32 = 4;
/// The second of them names the parts of address, parents and guardian.
pub const HEADER_ROWS: u32 = 2;
/// Where the first learner stands.
pub const FIRST_LEARNER: u32 = TABLE + HEADER_ROWS;

/// What stands in the name's column of the rows that count; the count itself is in the LRN's.
pub const TOTAL_MALE: &str = "<=== TOTAL MALE";
pub const TOTAL_FEMALE: &str = "<=== TOTAL FEMALE";
pub const COMBINED: &str = "<=== COMBINED";

/// A column of the table: first and last column of the sheet, and what people call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub first: u32,
    pub last: u32,
    pub label: &'static str,
}

/// A value above the table, and the label before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderCell {
    pub label: &'static str,
    pub row: u32,
    pub label_column: u32,
    pub column: u32,
}

const fn column(first: u32, last: u32, label: &'static str) -> Column {
    Column { first, last, label }
}

const fn header(label: &'static str, row: u32, label_column: u32, column: u32) -> HeaderCell {
    HeaderCell { label, row, label_column, column }
}

pub const LRN: Column = column(0, 1, "LRN");
pub const NAME: Column = column(2, 5, "Name");
pub const SEX: Column = column(6, 6, "Sex");
pub const BIRTH_DATE: Column = column(7, 8, "Birth date");
pub const AGE: Column = column(9, 10, "Age");
pub const MOTHER_TONGUE: Column = column(11, 12, "Mother tongue");
pub const IP_GROUP: Column = column(13, 13, "IP (ethnic group)");
pub const RELIGION: Column = column(14, 14, "Religion");
pub const HOUSE_STREET: Column = column(15, 16, "House no., street, sitio, purok");
pub const BARANGAY: Column = column(17, 19, "Barangay");
pub const MUNICIPALITY: Column = column(20, 21, "Municipality or city");
pub const PROVINCE: Column = column(22, 26, "Province");
pub const FATHER: Column = column(27, 30, "Father's name");
pub const MOTHER: Column = column(31, 35, "Mother's maiden name");
pub const GUARDIAN: Column = column(36, 39, "Guardian's name");
pub const RELATIONSHIP: Column = column(40, 40, "Relationship");
pub const CONTACT: Column = column(41, 42, "Contact number");
pub const MODALITY: Column = column(43, 43, "Learning modality");
pub const REMARKS: Column = column(44, 45, "Remarks");

/// All columns, in the form's order.
pub const COLUMNS: [Column; 19] = [
    LRN,
    NAME,
    SEX,
    BIRTH_DATE,
    AGE,
    MOTHER_TONGUE,
    IP_GROUP,
    RELIGION,
    HOUSE_STREET,
    BARANGAY,
    MUNICIPALITY,
    PROVINCE,
    FATHER,
    MOTHER,
    GUARDIAN,
    RELATIONSHIP,
    CONTACT,
    MODALITY,
    REMARKS,
];

pub const SCHOOL_ID: HeaderCell = header("School ID", 2, 3, 5);
pub const REGION: HeaderCell = header("Region", 2, 8, 10);
pub const DIVISION: HeaderCell = header("Division", 2, 17, 19);
pub const SCHOOL_NAME: HeaderCell = header("School Name", 3, 3, 5);
pub const SCHOOL_YEAR: HeaderCell = header("School Year", 3, 17, 19);
pub const GRADE_LEVEL: HeaderCell = header("Grade Level", 3, 27, 30);
pub const SECTION: HeaderCell = header("Section", 3, 36, 38);

/// What the columns that stand together have above them.
pub(super) const GROUPS: [(Column, Column, &str); 3] = [
    (HOUSE_STREET, PROVINCE, "ADDRESS"),
    (FATHER, MOTHER, "PARENTS"),
    (GUARDIAN, RELATIONSHIP, "GUARDIAN (if not Parent)"),
];

/// A column's head in the form's words; `age` is that of the age's column.
pub(super) fn head(column: Column, age: &str) -> String {
    let text = match column {
        LRN => "LRN",
        NAME => "NAME\n(Last Name, First Name, Middle Name)",
        SEX => "Sex (M/F)",
        BIRTH_DATE => "BIRTH DATE (mm/dd/yyyy)",
        AGE => age,
        MOTHER_TONGUE => "MOTHER TONGUE (Grade 1 to 3 Only)",
        IP_GROUP => "IP (Ethnic Group)",
        RELIGION => "RELIGION",
        HOUSE_STREET => "House #/ Street/ Sitio/ Purok",
        BARANGAY => "Barangay",
        MUNICIPALITY => "Municipality/ City",
        PROVINCE => "Province",
        FATHER => "Father's Name (Last Name, First Name, Middle Name)",
        MOTHER => "Mother's Maiden Name (Last Name, First Name, Middle Name)",
        GUARDIAN => "Name",
        RELATIONSHIP => "Relation- ship",
        CONTACT => "Contact Number of Parent or Guardian",
        MODALITY => "Learning Modality",
        _ => "REMARKS (Please refer to the legend on last page)",
    };
    text.to_owned()
}

/// Which group a column stands in.
pub(super) fn is_grouped(column: Column) -> bool {
    GROUPS.iter().any(|(first, last, _)| (first.first..=last.last).contains(&column.first))
}
