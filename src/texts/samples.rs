//! Sample facts for checks and previews: usual ones, long ones, and ones with everything optional missing.

use chrono::{Days, NaiveDate, NaiveDateTime};

use super::about::{About, AboutBusiness, AboutCustomer, AboutItem, Offer, Ways};
use super::catalogue::{Item, Template};
use crate::domain::locale::Locale;
use crate::domain::rating::Scale;

/// Who appears in the samples of one language.
struct Cast {
    language: &'static str,
    business: &'static str,
    agency: &'static str,
    long_business: &'static str,
    phone: &'static str,
    address: &'static str,
    customer: &'static str,
    long_customer: &'static str,
    service: &'static str,
    long_service: &'static str,
    vehicle: &'static str,
    home: &'static str,
    complaint: &'static str,
    long_complaint: &'static str,
    currency: &'static str,
}

const CASTS: [Cast; 5] = [
    Cast {
        language: "en",
        business: "Hill Road Garage",
        agency: "Hill Road Insurance",
        long_business: "Fitzgerald & Sons Motor Company",
        phone: "020 7946 0018",
        address: "12 Hill Road\nLondon NW8 9QA",
        customer: "Mary Cole",
        long_customer: "Siobhán Ní Dhomhnaill-Papadopoulou",
        service: "Oil change",
        long_service: "Annual service with brake fluid change",
        vehicle: "VW Golf",
        home: "Home insurance",
        complaint: "The brakes still squeal.",
        long_complaint: "I waited for two hours although I had an appointment, nobody told me anything, and the brakes still squeal.",
        currency: "GBP",
    },
    Cast {
        language: "de",
        business: "Autohaus Lind",
        agency: "Agentur Lind",
        long_business: "Kfz-Meisterbetrieb Müller-Lüdenscheidt",
        phone: "030 5550142",
        address: "Bergstraße 12\n10115 Berlin",
        customer: "Jana Groß",
        long_customer: "Maximiliane Freifrau von Grünberg-Öhningen",
        service: "Ölwechsel",
        long_service: "Große Inspektion mit Bremsflüssigkeitswechsel",
        vehicle: "VW Golf",
        home: "Hausratversicherung",
        complaint: "Die Bremsen quietschen immer noch.",
        long_complaint: "Ich habe trotz Termin zwei Stunden gewartet, niemand hat mir etwas gesagt, und die Bremsen quietschen immer noch.",
        currency: "EUR",
    },
    Cast {
        language: "fr",
        business: "Garage Martin",
        agency: "Cabinet Martin",
        long_business: "Société Bourguignonne de Mécanique",
        phone: "03 80 55 01 42",
        address: "12 rue de la Côte\n21000 Dijon",
        customer: "Chloé Petit",
        long_customer: "Maëlle-Françoise Lefèvre-Desrosiers",
        service: "Vidange",
        long_service: "Révision complète et contrôle des freins",
        vehicle: "Renault Clio",
        home: "Assurance habitation",
        complaint: "Les freins grincent encore.",
        long_complaint: "J'ai attendu deux heures malgré mon rendez-vous, personne ne m'a rien dit, et les freins grincent encore.",
        currency: "EUR",
    },
    Cast {
        language: "es",
        business: "Taller Ruiz",
        agency: "Seguros Ruiz",
        long_business: "Talleres Mecánicos Peñíscola e Hijos",
        phone: "91 555 01 42",
        address: "Calle del Monte 12\n28001 Madrid",
        customer: "Lucía Vega",
        long_customer: "María de los Ángeles Ibáñez Etxeberría",
        service: "Cambio de aceite",
        long_service: "Revisión anual y líquido de frenos",
        vehicle: "Seat Ibiza",
        home: "Seguro del hogar",
        complaint: "Los frenos siguen chirriando.",
        long_complaint: "Esperé dos horas aunque tenía cita, nadie me dijo nada y los frenos siguen chirriando.",
        currency: "EUR",
    },
    Cast {
        language: "pl",
        business: "Auto Nowak",
        agency: "Agencja Nowak",
        long_business: "Stacja Obsługi Pojazdów Wiśniewski",
        phone: "22 555 01 42",
        address: "ul. Górska 12\n00-001 Warszawa",
        customer: "Ewa Lis",
        long_customer: "Małgorzata Święcicka-Brzęczyszczykiewicz",
        service: "Wymiana oleju",
        long_service: "Przegląd roczny i wymiana płynu hamulcowego",
        vehicle: "Skoda Fabia",
        home: "Ubezpieczenie mieszkania",
        complaint: "Hamulce nadal piszczą.",
        long_complaint: "Czekałem dwie godziny mimo umówionej wizyty, nikt nic nie powiedział, a hamulce nadal piszczą.",
        currency: "PLN",
    },
];

const LINK: &str = "https://erinnern.example/r/your-own-link-is-made-at-sending";
const UNSUBSCRIBE_LINK: &str = "https://erinnern.example/u/your-own-link-is-made-at-sending";

const REVIEW_LINK: &str = "https://g.page/r/hill-road-garage/review";

/// One point in the space of what a message may speak of.
#[derive(Clone, Copy)]
struct Shape {
    days_before: u64,
    /// One bit a choice; none set is what a customer usually gets.
    choices: u8,
}

impl Shape {
    const fn is_long(self) -> bool {
        self.choices & 1 != 0
    }

    /// Everything optional is known.
    const fn is_full(self) -> bool {
        self.choices & 2 == 0
    }

    const fn has_link(self) -> bool {
        self.choices & 4 != 0
    }

    /// A text message that nobody can answer always has a link where there are links at all.
    fn ways(self) -> Ways<'static> {
        Ways {
            link: self.has_link().then_some(LINK),
            unsubscribe_link: self.has_link().then_some(UNSUBSCRIBE_LINK),
            by_reply: self.can_be_answered(),
        }
    }

    const fn can_be_answered(self) -> bool {
        self.choices & 16 == 0
    }

    /// The item's own choice: confirmed, or with an offer.
    const fn is_special(self) -> bool {
        self.choices & 8 != 0
    }
}

/// What a customer usually gets comes first: the day before, everything known, no link.
pub(super) fn samples<'a>(business_id: &'a str, template: &Template, locale: Locale) -> Vec<About<'a>> {
    let cast = CASTS
        .iter()
        .find(|cast| cast.language == locale.language())
        .unwrap_or(&CASTS[0]);
    let asks = |shape| template.asks.iter().map(move |asks| (shape, *asks));
    shapes()
        .flat_map(asks)
        .map(|(shape, asks)| About {
            business: cast.business(business_id, shape, is_insurance(template)),
            customer: AboutCustomer {
                name: cast.customer(shape),
            },
            item: match template.item {
                Item::Booking | Item::Any => cast.booking(shape),
                Item::Renewal => cast.renewal(shape, template),
                Item::Case => cast.case(shape),
            },
            asks,
            locale,
            today: date()
                .checked_sub_days(Days::new(shape.days_before))
                .unwrap_or_default(),
            ways: shape.ways(),
        })
        .collect()
}

fn is_insurance(template: &Template) -> bool {
    template.name.starts_with("policy") || template.name.starts_with("renewal")
}

fn shapes() -> impl Iterator<Item = Shape> {
    [1, 0, 30]
        .into_iter()
        .flat_map(|days_before| (0..32).map(move |choices| Shape { days_before, choices }))
}

/// A Wednesday in September: the longest names in most languages.
fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 23).unwrap_or_default()
}

fn at(days_later: u64, hour: u32) -> NaiveDateTime {
    (date() + Days::new(days_later))
        .and_hms_opt(hour, 0, 0)
        .unwrap_or_default()
}

impl Cast {
    fn business<'a>(&self, id: &'a str, shape: Shape, insurance: bool) -> AboutBusiness<'a> {
        let known = |text| shape.is_full().then_some(text);
        let usual = if insurance { self.agency } else { self.business };
        AboutBusiness {
            id,
            name: if shape.is_long() { self.long_business } else { usual },
            phone: known(self.phone),
            email: known("desk@garage.example"),
            address: known(self.address),
            review_link: known(REVIEW_LINK),
        }
    }

    const fn customer(&self, shape: Shape) -> &'static str {
        match (shape.is_full(), shape.is_long()) {
            (false, _) => "",
            (true, true) => self.long_customer,
            (true, false) => self.customer,
        }
    }

    fn booking(&self, shape: Shape) -> AboutItem<'static> {
        AboutItem::Booking {
            service: shape.is_full().then_some(if shape.is_long() {
                self.long_service
            } else {
                self.service
            }),
            vehicle: shape.is_full().then_some(self.vehicle),
            starts: at(0, 9),
            was: shape.is_full().then(|| at(1, 14)),
            confirmed: shape.is_special(),
        }
    }

    fn renewal(&self, shape: Shape, template: &Template) -> AboutItem<'static> {
        let policy = is_insurance(template);
        AboutItem::Renewal {
            kind: if policy { "policy" } else { "warranty" },
            subject: shape.is_full().then_some(if policy { self.home } else { self.vehicle }),
            reference: shape.is_full().then_some("P-2024-118"),
            ends_on: date(),
            offer: shape.is_special().then_some(Offer {
                amount: "412.50",
                currency: self.currency,
                url: shape.is_full().then_some("https://agentur.example/angebot/118"),
            }),
        }
    }

    fn case(&self, shape: Shape) -> AboutItem<'static> {
        AboutItem::Case {
            words: (shape.is_full() || shape.is_special()).then_some(if shape.is_long() {
                self.long_complaint
            } else {
                self.complaint
            }),
            score: shape.is_full().then_some((Scale::Csat, 1)),
            opened: at(0, 9),
            due: at(0, 17),
            customer_phone: shape.is_full().then_some("+442079460018"),
            customer_email: shape.is_full().then_some("customer@example.com"),
        }
    }
}
