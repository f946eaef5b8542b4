//! What can go wrong while a form is made. None of it is the clerk's doing: what is missing is told beforehand.

/// A form that could not be made. Each sentence says what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    #[error("the PDF of {title} could not be written: {cause}; send this sentence to support")]
    Pdf { title: String, cause: String },
    #[error(
        "page {page} has a size that cannot be printed ({width_mm} x {height_mm} mm); send this sentence to support"
    )]
    PageSize { page: usize, width_mm: f32, height_mm: f32 },
    #[error("the picture on page {page} cannot be read: {cause}; choose another PNG file as the school's logo")]
    Picture { page: usize, cause: String },
    #[error("the workbook of {form} could not be written at {place}: {cause}; send this sentence to support")]
    Workbook { form: &'static str, place: String, cause: String },
    #[error("the workbook of {form} has room for {most} class days and the month has {days}; print it as PDF instead")]
    Days { form: &'static str, most: usize, days: usize },
}

impl FormError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            FormError::Pdf { .. } => "form_pdf",
            FormError::PageSize { .. } => "form_page_size",
            FormError::Picture { .. } => "form_picture",
            FormError::Workbook { .. } => "form_workbook",
            FormError::Days { .. } => "form_days",
        }
    }
}
