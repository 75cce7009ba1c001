//! What phrases say: the sections of a language's file.

use crate::domain::closed_list::closed_list;
use crate::domain::message::Asks;

closed_list! {
    /// What a phrase says: the sections of a language's file, in the order in which the first of two equally long
    /// readings wins.
    Says {
        Neutral = "neutral",
        OptOutBlock = "opt_out_block",
        OptOut = "opt_out",
        /// Words that only together make a wish: "stop" and "texts", "delete" and "my number", "no more" and "messages".
        Cease = "cease",
        Message = "message",
        Erase = "erase",
        Record = "record",
        NoMore = "no_more",
        /// With these they are about something else: "delete my appointment".
        OptOutUnless = "opt_out_unless",
        /// Keywords that may have politeness beside them.
        OptOutWord = "opt_out_word",
        /// Keywords only when they are all there is.
        OptOutBare = "opt_out_bare",
        OptInWord = "opt_in_word",
        HelpWord = "help_word",
        AutoReply = "auto_reply",
        WrongPerson = "wrong_person",
        Scale = "scale",
        Late = "late",
        Change = "change",
        Decline = "decline",
        Complaint = "complaint",
        Question = "question",
        Clock = "clock",
        Coming = "coming",
        Yes = "yes",
        Renew = "renew",
        Solved = "solved",
        Unsolved = "unsolved",
        /// "Noted", "got it": a yes to a confirmation, and none to a renewal.
        Received = "received",
        Fine = "fine",
        Condition = "condition",
        Hedge = "hedge",
        /// What a yes or a score hangs on: "if", "unless".
        OnlyIf = "only_if",
        No = "no",
        Negation = "negation",
        /// What a person has to do something about, beside a yes; with it no unknown word is let through.
        Request = "request",
        /// What appointments are about, "the car", "the keys": unknown words beside a yes are about it too.
        Matter = "matter",
        /// What is said and not meant: "when hell freezes over", "5 stars for overcharging".
        Mockery = "mockery",
        /// What a yes belongs to that is not the question: "yes, I got the invoice".
        Elsewhere = "elsewhere",
        /// What follows is what it comes down to: "lovely people, so 4".
        So = "so",
        /// What is thanked for follows: "thanks for".
        For = "for",
        /// Makes a question of a yes that is none: "see you then, ok?".
        Tag = "tag",
        /// What an unwanted message is called, beside a keyword.
        Annoyed = "annoyed",
        /// May follow a score without a break: "5 very good".
        Follow = "follow",
        Thanks = "thanks",
        Praise = "praise",
        Give = "give",
        Star = "star",
        OutOf = "out_of",
        Grade = "grade",
        Unit = "unit",
        Morning = "morning",
        Afternoon = "afternoon",
        Day = "day",
        Weekday = "weekday",
        Month = "month",
        Title = "title",
        Greeting = "greeting",
        Closing = "closing",
        Polite = "polite",
        Harmless = "harmless",
        Number = "number",
        // Matched on whole lines before anything else.
        TapbackGood = "tapback_good",
        TapbackBad = "tapback_bad",
        TapbackQuestion = "tapback_question",
        Wrote = "wrote",
        Original = "original",
        SentFrom = "sent_from",
        Signature = "signature",
        Echo = "echo",
    }
}

impl Says {
    /// Whether phrases of this kind mean anything after this question.
    pub(super) const fn matters(self, asks: Asks) -> bool {
        match self {
            Self::Solved | Self::Unsolved => matches!(asks, Asks::Solved),
            Self::Received => matches!(asks, Asks::Confirm | Asks::Renewal),
            Self::Renew => matches!(asks, Asks::Renewal),
            Self::Give | Self::Star | Self::OutOf | Self::Unit | Self::Grade | Self::Scale => {
                matches!(asks, Asks::Rating)
            }
            // Looked for beside other readings of their words.
            Self::Follow
            | Self::Tag
            | Self::Request
            | Self::For
            | Self::Matter
            | Self::Mockery
            | Self::Elsewhere
            | Self::So
            | Self::Annoyed
            | Self::OnlyIf
            | Self::Cease
            | Self::Message
            | Self::Erase
            | Self::Record
            | Self::NoMore
            | Self::OptOutUnless => false,
            _ => true,
        }
    }
}
