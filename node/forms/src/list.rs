//! A list as it was found on the screen: the rows that were left after searching and filtering, the columns that were shown. On paper,
//! as a workbook, and as text for any other program.
//!
//! Nothing is cut: a text that is too long for its column goes on in the next line of its row. Every cell of the workbook is text,
//! so that an LRN keeps its zeros.

use serde::{Deserialize, Serialize};

use crate::dates::long;
use crate::error::FormError;
use crate::page::Page;
use crate::school::School;
use crate::sheet::{Sheet, area, bold, plain};

const LONG_SIDE: f32 = 297.0;
const SHORT_SIDE: f32 = 210.0;
const MARGIN: f32 = 12.0;
const FOOT: f32 = 16.0;
const SIZE: f32 = 8.0;
/// From baseline to baseline of one cell's lines, millimetres.
const LINE: f32 = 3.6;
/// Above and below the text of a row.
const AIR: f32 = 1.0;
/// No column is made wider than this for the longest of its texts; what is longer goes on below.
const WIDEST: f32 = 62.0;
const NARROWEST: f32 = 9.0;
/// Between a cell's rule and its text.
const PADDING: f32 = 1.0;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    pub label: String,
    /// Numbers end at the right.
    pub figures: bool,
}

/// Everything that a list says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct List {
    pub school: School,
    pub title: String,
    /// What the list is narrowed to, one fact each: `Grade 7`, `No LRN`.
    pub narrowed: Vec<String>,
    pub columns: Vec<Column>,
    /// A text for each column.
    pub rows: Vec<Vec<String>>,
    /// What the rows are: `learners`.
    pub counted: String,
    /// The day that the list is of.
    pub on: i32,
}

/// The sheets of the list: upright where the columns fit, on their side where they do not.
pub fn pages(list: &List) -> Vec<Page> {
    let mut paper = Paper::new(list);
    for (at, row) in list.rows.iter().enumerate() {
        paper.row(at + 1, row);
    }
    paper.done()
}

struct Paper<'a> {
    list: &'a List,
    size: (f32, f32),
    /// Left edge and width of the number's column and each other one.
    columns: Vec<(f32, f32)>,
    sheets: Vec<Sheet>,
    y: f32,
}

impl<'a> Paper<'a> {
    fn new(list: &'a List) -> Paper<'a> {
        let natural = natural(list);
        let wanted: f32 = natural.iter().sum();
        let size = if wanted <= SHORT_SIDE - 2.0 * MARGIN { (SHORT_SIDE, LONG_SIDE) } else { (LONG_SIDE, SHORT_SIDE) };
        // Columns share what is left over, or what is lacking.
        let scale = (size.0 - 2.0 * MARGIN) / wanted.max(1.0);
        let mut x = MARGIN;
        let columns = natural
            .iter()
            .map(|width| {
                let at = (x, width * scale);
                x += width * scale;
                at
            })
            .collect();
        let mut paper = Paper { list, size, columns, sheets: Vec::new(), y: 0.0 };
        paper.sheet();
        paper
    }

    /// Another sheet, with the head on it.
    fn sheet(&mut self) {
        let list = self.list;
        let mut sheet = Sheet::new(self.size.0, self.size.1);
        let (middle, width) = (self.size.0 / 2.0, self.size.0 - 2.0 * MARGIN);
        let mut y = MARGIN + 4.0;
        if self.sheets.is_empty() {
            y = sheet.paragraph(MARGIN, y, width, bold(12.0).middle(), &list.school.name);
            y = sheet.paragraph(MARGIN, y, width, plain(8.5).middle(), &list.school.address) + 2.0;
            sheet.text(middle, y, bold(11.0).middle(), &list.title);
            y += 5.0;
            y = sheet.paragraph(MARGIN, y, width, plain(8.5).middle(), &list.narrowed.join(" · ")) + 1.0;
        }
        let labels: Vec<&str> =
            std::iter::once("No.").chain(list.columns.iter().map(|column| column.label.as_str())).collect();
        self.sheets.push(sheet);
        self.y = y;
        self.draw(&labels, true);
    }

    fn row(&mut self, number: usize, row: &[String]) {
        let number = number.to_string();
        let cells: Vec<&str> = std::iter::once(number.as_str()).chain(row.iter().map(String::as_str)).collect();
        if self.y + self.height(&cells, false) > self.size.1 - FOOT {
            self.sheet();
        }
        self.draw(&cells, false);
    }

    fn lines(&self, cells: &[&str], head: bool) -> Vec<Vec<String>> {
        let Some(sheet) = self.sheets.last() else { return Vec::new() };
        let style = if head { bold(SIZE) } else { plain(SIZE) };
        let wrap = |(cell, (_, width)): (&&str, &(f32, f32))| sheet.wrapped(width - 2.0 * PADDING, style, cell);
        cells.iter().zip(&self.columns).map(wrap).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "a few lines of text")]
    fn height(&self, cells: &[&str], head: bool) -> f32 {
        let most = self.lines(cells, head).iter().map(Vec::len).max().unwrap_or(1).max(1);
        most as f32 * LINE + 2.0 * AIR
    }

    fn draw(&mut self, cells: &[&str], head: bool) {
        let (lines, height) = (self.lines(cells, head), self.height(cells, head));
        let (columns, y) = (&self.columns, self.y);
        let Some(sheet) = self.sheets.last_mut() else { return };
        for (at, (lines, (x, width))) in lines.iter().zip(columns).enumerate() {
            let cell = area(*x, y, *width, height);
            if head {
                sheet.shade(cell, 232);
            }
            sheet.frame(cell, 0.15);
            let figures = at == 0 || self.list.columns.get(at - 1).is_some_and(|column| column.figures);
            let style = if head { bold(SIZE) } else { plain(SIZE) };
            let (style, from) =
                if figures && !head { (style.end(), x + width - PADDING) } else { (style, x + PADDING) };
            let mut line_y = y + AIR + 2.6;
            for line in lines {
                sheet.text(from, line_y, style, line);
                line_y += LINE;
            }
        }
        self.y += height;
    }

    fn done(mut self) -> Vec<Page> {
        let count = self.sheets.len();
        let (width, height) = self.size;
        let told = format!("{} {} as of {}", self.list.rows.len(), self.list.counted, long(self.list.on));
        for (at, sheet) in self.sheets.iter_mut().enumerate() {
            sheet.text(MARGIN, height - 8.0, plain(7.5), &told);
            sheet.text(width - MARGIN, height - 8.0, plain(7.5).end(), &format!("Page {} of {count}", at + 1));
        }
        self.sheets.into_iter().map(Sheet::done).collect()
    }
}

/// What each column would like to be, the number's first.
fn natural(list: &List) -> Vec<f32> {
    let sheet = Sheet::new(1.0, 1.0);
    let room = |text: f32| (text + 2.0 * PADDING + 0.4).clamp(NARROWEST, WIDEST);
    let column = |(at, column): (usize, &Column)| {
        let texts = list.rows.iter().filter_map(|row| row.get(at)).map(|text| sheet.width(plain(SIZE), text));
        room(texts.fold(sheet.width(bold(SIZE), &column.label), f32::max))
    };
    std::iter::once(room(sheet.width(plain(SIZE), &list.rows.len().to_string())))
        .chain(list.columns.iter().enumerate().map(column))
        .collect()
}

/// The list as a workbook: one sheet, its first row the names of the columns, ready to be filtered.
///
/// # Errors
/// [`FormError::Workbook`] for more rows or longer texts than Excel takes.
pub fn xlsx(list: &List) -> Result<Vec<u8>, FormError> {
    let failed = |error: rust_xlsxwriter::XlsxError| FormError::Workbook {
        form: "the list",
        place: list.title.clone(),
        cause: error.to_string(),
    };
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.set_properties(&rust_xlsxwriter::DocProperties::new().set_title(&list.title));
    let sheet = workbook.add_worksheet();
    let head = rust_xlsxwriter::Format::new().set_bold();
    for (at, column) in (0u16..).zip(&list.columns) {
        sheet.write_string_with_format(0, at, &column.label, &head).map_err(failed)?;
    }
    for (line, row) in (1u32..).zip(&list.rows) {
        for (at, text) in (0u16..).zip(row) {
            if !text.is_empty() {
                sheet.write_string(line, at, text).map_err(failed)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    let (rows, columns) = (u32::try_from(list.rows.len()), u16::try_from(list.columns.len()));
    if let (Ok(rows), Ok(columns @ 1..)) = (rows, columns) {
        sheet.autofilter(0, 0, rows, columns - 1).map_err(failed)?;
    }
    sheet.autofit();
    workbook.save_to_buffer().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Item;

    fn list(columns: &[&str], rows: Vec<Vec<String>>) -> List {
        List {
            school: School { name: "Mabini National High School".into(), ..School::default() },
            title: "Learners".into(),
            narrowed: vec!["Grade 7".into(), "No LRN".into()],
            columns: columns.iter().map(|label| Column { label: (*label).into(), figures: *label == "LRN" }).collect(),
            rows,
            counted: "learners".into(),
            on: 20_000,
        }
    }

    #[test]
    fn every_row_is_on_paper_once_with_what_the_list_is_narrowed_to() {
        let rows = (0..120).map(|at| vec![format!("L{at:03}, Ana"), format!("{at:012}")]).collect();
        let pages = pages(&list(&["Name", "LRN"], rows));
        let text = pages.iter().map(Page::text).collect::<Vec<_>>().join("\n");
        assert!(pages.len() > 1 && pages.iter().all(|page| page.height_mm > page.width_mm), "{}", pages.len());
        assert!((0..120).all(|at| text.matches(&format!("L{at:03}, Ana")).count() == 1));
        assert!(text.contains("Grade 7 · No LRN") && text.contains("120 learners as of"), "{text}");
        assert_eq!(text.matches("Name").count(), pages.len(), "each sheet says what its columns are");
    }

    #[test]
    fn many_columns_turn_the_sheet_and_a_long_text_goes_on_in_the_next_line() {
        let long =
            "Maria Corazon Purificacion de los Santos y Villanueva-Macapagal of Barangay Bagong Silang".to_owned();
        let row: Vec<String> = (0..9).map(|_| long.clone()).collect();
        let columns: Vec<String> = (0..9).map(|at| format!("Column {at}")).collect();
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let pages = pages(&list(&columns, vec![row; 30]));
        assert!(pages[0].width_mm > pages[0].height_mm);
        let text = pages.iter().map(Page::text).collect::<Vec<_>>().join(" ").replace('\n', " ");
        assert_eq!(text.matches("Macapagal").count(), 270, "nothing is cut");
        assert!(!text.contains('\u{2026}'));
        for item in pages.iter().flat_map(|page| &page.items) {
            if let Item::Text { x, y, width, align: crate::page::Align::Start, .. } = item {
                assert!(x + width <= LONG_SIDE && *y <= SHORT_SIDE, "{item:?}");
            }
        }
    }

    #[test]
    fn an_empty_list_is_a_sheet_that_says_so() {
        let pages = pages(&list(&["Name"], Vec::new()));
        assert!(pages.len() == 1 && pages[0].text().contains("0 learners as of"));
    }

    #[test]
    fn the_workbook_holds_texts_alone_under_the_names_of_the_columns() {
        use calamine::{Data, Reader, Xlsx};
        let rows = vec![vec!["Peña, Ana".into(), "000012345678".into()], vec!["=1+1, B".into(), String::new()]];
        let bytes = xlsx(&list(&["Name", "LRN"], rows)).expect("a workbook");
        let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
        let sheet = book.worksheet_range_at(0).expect("a sheet").expect("its cells");
        let cell = |row, column| sheet.get_value((row, column)).cloned().unwrap_or(Data::Empty);
        assert_eq!((cell(0, 0), cell(0, 1)), (Data::String("Name".into()), Data::String("LRN".into())));
        assert_eq!((cell(1, 0), cell(1, 1)), (Data::String("Peña, Ana".into()), Data::String("000012345678".into())));
        assert_eq!((cell(2, 0), cell(2, 1)), (Data::String("=1+1, B".into()), Data::Empty));
    }
}
