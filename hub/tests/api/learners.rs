//! Learners over the API: found, paged, and never another school's.

use crate::caller::Api;
use crate::world::{edit, new_id};
use pems_model::Role;
use pems_model::fold::fold;
use reqwest::Method;
use serde_json::{Value as Json, json};
use uuid::Uuid;

const NAMES: [(&str, &str, &str); 8] = [
    ("Peña", "José", "F"),
    ("PENA", "Ana", "F"),
    ("Dela Cruz", "Ma. Clara", "F"),
    ("Dela Cruz", "Juan", "M"),
    ("de la Cruz", "Pedro", "M"),
    ("Macaraeg", "Luz", "F"),
    ("O'Hara-Lim", "Bea", "F"),
    ("Ñuñez", "Paz", "F"),
];

struct Class {
    api: Api,
    token: String,
    ids: Vec<Uuid>,
    a: Uuid,
    b: Uuid,
}

/// School a with the names above, and school b with one learner of each name as well.
async fn class() -> Class {
    let api = Api::new().await;
    let (a, b) = (api.world.school("a").await.id, api.world.school("b").await.id);
    let mut ids = Vec::new();
    for slug in ["b", "a"] {
        let device = api.world.device(slug).await;
        ids = NAMES.map(|_| new_id()).to_vec();
        let made = NAMES.iter().zip(&ids).enumerate().map(|(at, ((last, first, sex), id))| {
            let fields = json!({ "last_name": last, "first_name": first, "sex": sex, "lrn": format!("{:012}", 100 + at),
                "student_no": format!("{slug}-{at}") });
            edit(i64::try_from(at).expect("few") + 1, *id, 0, fields)
        });
        let pushed = api.world.sync(&device, &device.push(0, made.collect())).await.expect("an answer");
        assert_eq!(pushed.end().rev, 8);
    }
    let token = api.user(a, Role::Viewer).await;
    Class { api, token, ids, a, b }
}

fn names(data: &Json) -> Vec<String> {
    let name = |row: &Json| {
        format!("{} {}", row["last_name"].as_str().unwrap_or("?"), row["first_name"].as_str().unwrap_or("?"))
    };
    data["items"].as_array().expect("a list").iter().map(name).collect()
}

#[tokio::test]
async fn learners_are_found_however_their_names_are_typed() {
    let class = class().await;
    let ask = async |query: &str| names(class.api.get(&format!("/students?{query}"), &class.token).await.data());
    assert_eq!(ask("q=pen%C3%A3").await, ["PENA Ana", "Peña José"]);
    assert_eq!(ask("q=dela%20cruz%2C%20ma").await, ["Dela Cruz Ma. Clara"]);
    assert_eq!(ask("q=ma").await, ["Macaraeg Luz"]);
    assert_eq!(ask("q=ohara%20l").await, ["O'Hara-Lim Bea"]);
    assert_eq!(ask("q=nunez").await, ["Ñuñez Paz"]);
    assert_eq!(ask("q=zzz").await, [""; 0]);
    assert_eq!(ask("lrn=000000000103").await, ["Dela Cruz Juan"]);
    assert_eq!(ask("student_no=a-1").await, ["PENA Ana"]);
    assert_eq!(ask("student_no=b-1").await, [""; 0]);
    assert_eq!(ask("sex=M&q=de").await, ["de la Cruz Pedro", "Dela Cruz Juan"]);
    assert_eq!(ask("deleted=true").await, [""; 0]);
    assert_eq!(ask("sort=rev&limit=1").await, ["Peña José"]);
    assert_eq!(ask(&format!("section={}", new_id())).await, [""; 0]);
    assert_eq!(ask("grade_level=7").await, [""; 0]);
    let few = class.api.get("/students?fields=sex&limit=1", &class.token).await;
    let keys: Vec<_> = few.data()["items"][0].as_object().expect("a learner").keys().cloned().collect();
    assert_eq!(keys, ["id", "rev", "sex"]);
    let one = class.api.get(&format!("/students/{}", class.ids[3]), &class.token).await;
    assert_eq!((&one.data()["last_name"], &one.data()["first_name"]), (&json!("Dela Cruz"), &json!("Juan")));
}

#[tokio::test]
async fn the_database_folds_names_as_the_offices_do() {
    let api = Api::new().await;
    for name in [
        "Ma. Peñaflor-Delos  Reyes",
        "D'Souza",
        "José   Rizal Jr.",
        "Mamerto",
        "ma",
        "ÀÉÎÕÜ Çelik Šimůnek",
        "Lim/Go, `x`",
        "Đặng",
        "San\u{200B}tos",
        "\u{FEFF}San\u{AD}tos\u{3164}",
        "Ｒｅｙｅｓ－Cruz",
        "Garcia\u{2013}Peña\u{2011}Lim\u{2014}Go",
        "D’Souza D´Souza D‘Souza DʼSouza D＇Souza",
        "Soﬁa\u{2060}\u{E0061}",
        "Y\u{131}lmaz",
        "Ma\u{200B}. Ma. Clara",
    ] {
        let sql = format!("SELECT sync.fold('{}')", name.replace('\'', "''"));
        assert_eq!(api.world.scalar::<String>(&sql).await, fold(name), "{name}");
    }
}

#[tokio::test]
async fn pages_hold_every_learner_once_while_others_come_and_go() {
    let class = class().await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = class.api.get(&format!("/students?limit=3{cursor}"), &class.token).await;
        seen.extend(names(page.data()));
        // Somebody with an early name comes in between: pages that follow are not shifted by it.
        let sql = format!(
            "INSERT INTO student (tenant_id, id, rev, last_name, first_name)
             SELECT '{}', gen_random_uuid(), sync.take('{}', 1), 'Aaa', 'Late'",
            class.a, class.a
        );
        class.api.world.sql(&format!("{sql}; NOTIFY hub")).await.expect("a learner");
        match page.data()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let mut all = NAMES.map(|(last, first, _)| format!("{last} {first}"));
    all.sort_by_key(|name| fold(name));
    assert_eq!(seen, all);
}

#[tokio::test]
async fn rubbish_is_refused_by_the_name_of_the_parameter() {
    let class = class().await;
    let page = class.api.get("/students?limit=1", &class.token).await;
    let cursor = page.data()["next_cursor"].as_str().expect("more").to_owned();
    for (query, named) in [
        ("limit=0".to_owned(), "limit"),
        ("limit=201".into(), "limit"),
        ("limit=-1".into(), "limit"),
        ("limit=x".into(), "limit"),
        ("q=".into(), "q"),
        ("q=...".into(), "q"),
        ("q=a%00b".into(), "q"),
        (format!("q={}", "a".repeat(101)), "q"),
        ("lrn=12".into(), "lrn"),
        ("lrn=".into(), "lrn"),
        ("sex=X".into(), "sex"),
        ("student_no=a%00".into(), "student_no"),
        ("grade_level=13".into(), "grade_level"),
        ("school_year=x".into(), "school_year"),
        ("section=1".into(), "section"),
        ("deleted=maybe".into(), "deleted"),
        ("sort=age".into(), "sort"),
        ("fields=password".into(), "fields"),
        ("cursor=AAAA".into(), "cursor"),
        (format!("cursor={cursor}&sex=F"), "cursor"),
        (format!("cursor={cursor}&sort=rev"), "cursor"),
        ("tenant_id=x".into(), "tenant_id"),
    ] {
        let reply = class.api.get(&format!("/students?{query}"), &class.token).await;
        assert_eq!(reply.refused(), (400, "bad_request"), "{query}");
        assert!(reply.message().contains(named), "{query}: {}", reply.message());
    }
    for query in ["q='%20OR%20true--", "student_no=';DROP%20TABLE%20student--", "q=%25", "q=_"] {
        assert_eq!(names(class.api.get(&format!("/students?{query}"), &class.token).await.data()), [""; 0], "{query}");
    }
}

#[tokio::test]
async fn another_schools_learner_is_like_one_that_does_not_exist() {
    let class = class().await;
    let theirs = class.api.user(class.b, Role::SchoolAdmin).await;
    let path = format!("/students/{}", class.ids[0]);
    assert_eq!(class.api.get(&path, &class.token).await.status, 200);
    let (known, unknown) =
        (class.api.get(&path, &theirs).await, class.api.get(&format!("/students/{}", new_id()), &theirs).await);
    assert_eq!(known.refused(), (404, "not_found"));
    assert_eq!(known.body, unknown.body);
    let etag = class.api.get(&path, &class.token).await.header("etag").to_owned();
    let held = class.api.ask(Method::GET, &path, &theirs, &[("if-none-match", &etag)], None).await;
    assert_eq!(held.refused().0, 404, "a tag says nothing about another school either");
    let page = class.api.get("/students?limit=1", &class.token).await;
    let cursor = page.data()["next_cursor"].as_str().expect("more");
    let across = class.api.get(&format!("/students?limit=1&cursor={cursor}"), &theirs).await;
    assert_eq!(across.refused(), (400, "bad_request"));
    for role in Role::ALL {
        let token = class.api.user(class.b, role).await;
        let theirs = class.api.get("/students", &token).await;
        assert!(
            theirs.data()["items"]
                .as_array()
                .expect("a list")
                .iter()
                .all(|row| row["student_no"].as_str().is_some_and(|no| no.starts_with("b-")))
        );
    }
}
