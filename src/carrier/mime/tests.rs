use super::*;
#[test]
fn dump() {
    let m = Mail { subject: "s".into(), text: "hello\n".into(), html: "<p>x</p>".into(), to_name: "Ana".into(), calendar: Some(CalendarPart{method:"REQUEST", body: "BEGIN:VCALENDAR\r\nSUMMARY:Ölwechsel\r\nEND:VCALENDAR\r\n".into()}), unsubscribe_url: None };
    let o = Outgoing { attempt_id: "a".into(), message_id: "m".into(), from: "desk@x.example".into(), to: "a@b.example".into(), content: super::super::Content::Sms{text:String::new()}, now: crate::domain::instant::Instant::from_millis(1_795_320_000_000) };
    println!("{}", String::from_utf8(build(&o,&m,"").unwrap_or_else(|_| panic!()).message.formatted()).unwrap());
}
