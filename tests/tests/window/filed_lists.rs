//! The list of learners as it was searched leaves the window: Ctrl+P shows the paper, and it is filed as PDF, workbook and CSV; a name
//! with a wrong letter is found.

use crate::driver::Window;
use crate::office::Folder;
use crate::papers::{self, Sheet};
use crate::{DESK, NAMES, with_window};

const BOX: &str = "main label.box input";
const PRINT: &str = "\u{e009}p\u{e000}";
const FIND: &str = "\u{e009}k\u{e000}";
const ENTER: &str = "\u{e007}";

async fn search(window: &Window, text: &str) {
    let begin =
        format!("document.querySelector('{BOX}').focus(); document.querySelector('{BOX}').select(); return null");
    window.run(&begin).await;
    window.keys(text).await;
}

async fn press(window: &Window, label: &str) {
    let button = format!(
        "[...document.querySelectorAll('main button')].find((one) => one.innerText.trim().startsWith('{label}')).click(); return null"
    );
    window.run(&button).await;
}

const FILED: &str = "document.querySelector('main [role=status] code')?.innerText";

#[tokio::test]
async fn a_searched_list_is_printed_and_saved_from_the_keyboard() {
    let folder = Folder::enrolled();
    with_window(&folder, false, DESK, |window| async move {
        window.until("document.querySelectorAll('.data').length > 0").await;
        search(&window, "macaraeg").await;
        window.until(&format!("{NAMES}.length > 3 && {NAMES}.every((name) => name.startsWith('Macaraeg'))")).await;
        let names = window.run(&format!("return {NAMES}")).await;
        let names: Vec<String> = names.as_array().expect("names").iter().map(|one| one.to_string()).collect();
        window.picture("list-found").await;
        // Also without knowing the keys.
        window.keys(FIND).await;
        window.until("document.activeElement.role === 'combobox'").await;
        window.keys("print or save").await;
        window.until("document.querySelector('dialog[open] [role=option]')?.innerText.includes('Print or save')").await;
        window.keys("\u{e00c}").await;
        window.keys(PRINT).await;
        window.until("document.querySelector('h1')?.innerText.startsWith('Learners, “macaraeg”')").await;
        window.until("document.querySelector('main svg text, main svg')").await;
        window.is_accessible().await;
        window.picture("list-paper").await;
        window.keys(PRINT).await;
        window.until(&format!("{FILED}?.endsWith('.pdf')")).await;
        window.picture("list-filed").await;
        let pdf = papers::text(&papers::filed(window.home(), "pdf")).join("\n");
        // On the screen are only the rows in sight.
        let found = pdf.matches("Macaraeg, ").count();
        assert!(found >= names.len() && found > 12, "{names:?}: {pdf}");
        assert!(pdf.contains("LIST OF LEARNERS") && pdf.contains(&format!("{found} learners as of")), "{pdf}");
        press(&window, "Excel").await;
        window.until(&format!("{FILED}?.endsWith('.xlsx')")).await;
        let sheet = Sheet::read(&papers::filed(window.home(), "xlsx"));
        assert_eq!(sheet.cell("A1"), "Name");
        assert!(sheet.cell("A2").starts_with("Macaraeg, "), "{}", sheet.cell("A2"));
        press(&window, "CSV").await;
        window.until(&format!("{FILED}?.endsWith('.csv')")).await;
        let csv = std::fs::read_to_string(papers::filed(window.home(), "csv")).expect("text");
        assert!(csv.starts_with('\u{feff}') && csv.lines().count() == found + 1, "{csv}");
        // Back where one was.
        window.keys("\u{e00a}\u{e012}\u{e000}").await;
        window.until(&format!("document.querySelector('{BOX}')?.value === 'macaraeg'")).await;
    })
    .await;
}

#[tokio::test]
async fn a_name_with_a_wrong_letter_is_found_and_said_to_be_only_alike() {
    let folder = Folder::enrolled();
    with_window(&folder, false, DESK, |window| async move {
        window.until("document.querySelectorAll('.data').length > 0").await;
        search(&window, "delapenya corason").await;
        window.until(&format!("{NAMES}.join() === 'Dela Peña, Ma. Niña Corazon'")).await;
        window.shows(".count", "Nobody is spelled so; 1 nearly").await;
        window.is_accessible().await;
        window.picture("list-nearly").await;
        window.keys(ENTER).await;
        window.until("location.hash.startsWith('#/learners/')").await;
    })
    .await;
}
