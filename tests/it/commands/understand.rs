//! `daybefore understand`; it needs no database.

use crate::support::program::{Told, command, told};

fn understand(arguments: &[&str], input: &str) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments: Vec<_> = ["understand"].iter().chain(arguments).copied().collect();
    told(command(folder.path(), &arguments), input)
}

#[test]
fn the_command_tells_what_one_answer_would_be_taken_for() {
    let asked = [
        "--asked",
        "confirm",
        "--locale",
        "de-AT",
        "--at",
        "09:00",
        "9 Uhr passt",
    ];
    assert_eq!(
        understand(&asked, "").said(),
        "{\"intent\":\"accept\",\"score\":null,\"action\":\"accept\",\"certainty\":0.93}\n"
    );
}

#[test]
fn a_bad_line_is_named_and_the_others_are_answered() {
    let input = concat!(
        "{\"id\":7,\"asked\":\"rating\",\"locale\":\"fr\",\"text\":\"cinq\",\"at\":\"\"}\n",
        "\n",
        "{\"asked\":\"what\",\"text\":\"x\"}\n",
        "{\"asked\":\"nothing\",\"locale\":\"sl-SI\",\"text\":\"Stop\",\"at\":null}\n",
        "{\"asked\":\"confirm\",\"text\":\"yes\",\"at\":\"nine\"}\n",
        "no JSON\n",
    );
    let told = understand(&["--jsonl"], input);
    assert_eq!(
        told.out,
        "{\"intent\":\"rating\",\"score\":5,\"action\":\"rating\",\"certainty\":0.99}\n\
         {\"intent\":\"opt_out\",\"score\":null,\"action\":\"opt_out\",\"certainty\":0.99}\n"
    );
    let errors: Vec<&str> = told.err.lines().collect();
    assert_eq!(errors.len(), 3, "{}", told.err);
    assert!(errors[0].starts_with("error: line 3: ") && errors[2].starts_with("error: line 6: "));
    assert_eq!(errors[1], "error: line 5: `nine` is no time of day: write it as 09:00");
    assert_eq!(told.code, Some(1));
}

#[test]
fn nothing_to_read_is_no_mistake() {
    assert_eq!(understand(&["--jsonl"], "").said(), "");
}

#[test]
fn a_mistyped_command_line_is_told_what_there_is() {
    let told = understand(&["--asked", "confrm", "Yes"], "").mistyped();
    assert_eq!(
        told,
        "error: invalid value 'confrm' for '--asked <QUESTION>'\n  \
         [possible values: nothing, confirm, renewal, rating, solved]\n\n  \
         tip: a similar value exists: 'confirm'"
    );
    let told = understand(&["--at", "nine", "Yes"], "").mistyped();
    assert!(told.ends_with("`nine` is no time of day: write it as 09:00"), "{told}");
    assert!(understand(&[], "").mistyped().contains("<TEXT>"));
}
