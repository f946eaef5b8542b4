//! Which field a column is about: by field name, by label, or by what other systems call it.

use pems_model::{Entity, Field};

/// A header without case, spaces and punctuation: `Given Name`, `given_name` and `givenName` are one.
pub(crate) fn normal(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What spreadsheets of schools call our fields. The field counts only where the entity has it.
const ALIASES: &[(&str, &str)] = &[
    ("surname", "last_name"),
    ("familyname", "last_name"),
    ("lname", "last_name"),
    ("givenname", "first_name"),
    ("fname", "first_name"),
    ("mname", "middle_name"),
    ("middlename", "middle_name"),
    ("suffix", "name_ext"),
    ("extension", "name_ext"),
    ("extname", "name_ext"),
    ("extensionname", "name_ext"),
    ("learnerreferencenumber", "lrn"),
    ("learnerreferenceno", "lrn"),
    ("lrnno", "lrn"),
    ("lrnnumber", "lrn"),
    ("studentnumber", "student_no"),
    ("studentid", "student_no"),
    ("idnumber", "student_no"),
    ("sisid", "student_no"),
    ("employeenumber", "employee_no"),
    ("employeeid", "employee_no"),
    ("teachernumber", "employee_no"),
    ("gender", "sex"),
    ("dob", "birth_date"),
    ("birthday", "birth_date"),
    ("dateofbirth", "birth_date"),
    ("placeofbirth", "birth_place"),
    ("mobile", "phone"),
    ("mobileno", "phone"),
    ("mobilenumber", "phone"),
    ("cellphone", "phone"),
    ("contactno", "phone"),
    ("contactnumber", "phone"),
    ("phonenumber", "phone"),
    ("emailaddress", "email"),
    ("mail", "email"),
    ("grade", "grade_level"),
    ("gradelevel", "grade_level"),
    ("yearlevel", "grade_level"),
    ("section", "name"),
    ("class", "name"),
    ("sy", "school_year"),
    ("startdate", "start_date"),
    ("enddate", "end_date"),
    ("city", "municipality"),
    ("motherlanguage", "mother_tongue"),
    ("ethnicgroup", "ip_group"),
    ("4ps", "four_ps"),
    ("learner", "student"),
    ("teacher", "adviser"),
];

/// Position of the field that a column with this (normal) header fills. What nobody is shown comes from no file.
pub(crate) fn field(entity: &Entity, header: &str) -> Option<usize> {
    let open = |wanted: &dyn Fn(&Field) -> bool| entity.fields.iter().position(|field| !field.secret && wanted(field));
    let named = open(&|field| normal(field.name) == header);
    let labelled = || open(&|field| normal(field.label) == header);
    let known = || {
        let mut names = ALIASES.iter().filter(|(alias, _)| *alias == header);
        names.find_map(|(_, name)| entity.field_index(name))
    };
    named.or_else(labelled).or_else(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pems_model::entities::{ENROLMENT, STUDENT};

    #[test]
    fn columns_find_their_fields() {
        for (header, name) in [
            ("Surname", "last_name"),
            ("LAST NAME", "last_name"),
            ("Given name", "first_name"),
            ("DOB", "birth_date"),
            ("Gender", "sex"),
            ("Student no.", "student_no"),
            ("LRN", "lrn"),
        ] {
            assert_eq!(field(&STUDENT, &normal(header)), STUDENT.field_index(name), "{header}");
        }
        assert_eq!(field(&ENROLMENT, &normal("Grade Level")), ENROLMENT.field_index("grade_level"));
        assert_eq!(field(&STUDENT, &normal("Favourite colour")), None);
        assert!(ALIASES.iter().all(|(alias, _)| normal(alias) == *alias));
    }
}
