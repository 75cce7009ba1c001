-- SQLite builds the list of an IN in a CHECK anew for every row that is written: of the time that sending spends on writing,
-- more than a third. A chain of comparisons says the same. Only the text of the constraints changes, so that no row is written
-- again: https://www.sqlite.org/lang_altertable.html#otheralter, the shorter procedure of the two.
PRAGMA writable_schema = ON;

-- customer, message, attempt, consent, rating
UPDATE sqlite_schema SET sql = replace(sql,
    'channel IN (''sms'', ''email'', ''call'')',
    'channel = ''sms'' OR channel = ''email'' OR channel = ''call''')
WHERE type = 'table';

-- booking
UPDATE sqlite_schema SET sql = replace(sql,
    'status IN (''booked'', ''confirmed'', ''change_requested'', ''cancelled'', ''in_progress'', ''completed'', ''no_show'')',
    'status = ''booked'' OR status = ''confirmed'' OR status = ''change_requested'' OR status = ''cancelled''
            OR status = ''in_progress'' OR status = ''completed'' OR status = ''no_show''')
WHERE type = 'table';

-- renewal
UPDATE sqlite_schema SET sql = replace(sql,
    'kind IN (''policy'', ''warranty'', ''inspection'', ''service'')',
    'kind = ''policy'' OR kind = ''warranty'' OR kind = ''inspection'' OR kind = ''service''')
WHERE type = 'table';

-- renewal
UPDATE sqlite_schema SET sql = replace(sql,
    'status IN (''active'', ''renewed'', ''declined'', ''lapsed'', ''ended'')',
    'status = ''active'' OR status = ''renewed'' OR status = ''declined'' OR status = ''lapsed''
            OR status = ''ended''')
WHERE type = 'table';

-- message
UPDATE sqlite_schema SET sql = replace(sql,
    'item_kind IN (''booking'', ''renewal'', ''case'', ''reply'')',
    'item_kind = ''booking'' OR item_kind = ''renewal'' OR item_kind = ''case'' OR item_kind = ''reply''')
WHERE type = 'table';

-- message, consent
UPDATE sqlite_schema SET sql = replace(sql,
    'purpose IN (''service'', ''survey'', ''marketing'')',
    'purpose = ''service'' OR purpose = ''survey'' OR purpose = ''marketing''')
WHERE type = 'table';

-- message
UPDATE sqlite_schema SET sql = replace(sql,
    'asks IN (''nothing'', ''confirm'', ''renewal'', ''rating'', ''solved'')',
    'asks = ''nothing'' OR asks = ''confirm'' OR asks = ''renewal'' OR asks = ''rating'' OR asks = ''solved''')
WHERE type = 'table';

-- message
UPDATE sqlite_schema SET sql = replace(sql,
    'state IN (''planned'', ''held'', ''sending'', ''unknown'', ''accepted'', ''delivered'', ''skipped'', ''failed'')',
    'state = ''planned'' OR state = ''held'' OR state = ''sending'' OR state = ''unknown''
            OR state = ''accepted'' OR state = ''delivered'' OR state = ''skipped'' OR state = ''failed''')
WHERE type = 'table';

-- message
UPDATE sqlite_schema SET sql = replace(sql,
    'reason IN (
            ''too_late'', ''superseded'', ''item_cancelled'', ''item_done'', ''answered'', ''opted_out'', ''no_consent'',
            ''no_address'', ''undeliverable'', ''duplicate'', ''contact_cap'', ''case_open'', ''by_hand'', ''erased''
        )',
    'reason = ''too_late'' OR reason = ''superseded'' OR reason = ''item_cancelled''
            OR reason = ''item_done'' OR reason = ''answered'' OR reason = ''opted_out'' OR reason = ''no_consent''
            OR reason = ''no_address'' OR reason = ''undeliverable'' OR reason = ''duplicate''
            OR reason = ''contact_cap'' OR reason = ''case_open'' OR reason = ''by_hand'' OR reason = ''erased''')
WHERE type = 'table';

-- message
UPDATE sqlite_schema SET sql = replace(sql,
    'hold IN (''person'', ''change'', ''case'', ''number'')',
    'hold = ''person'' OR hold = ''change'' OR hold = ''case'' OR hold = ''number''')
WHERE type = 'table';

-- attempt
UPDATE sqlite_schema SET sql = replace(sql,
    'state IN (
            ''started'', ''accepted'', ''delivered'', ''put_back'', ''rejected'', ''opted_out'', ''faulty'', ''stopped'', ''unknown'', ''failed''
        )',
    'state = ''started'' OR state = ''accepted'' OR state = ''delivered'' OR state = ''put_back''
            OR state = ''rejected'' OR state = ''opted_out'' OR state = ''faulty'' OR state = ''stopped''
            OR state = ''unknown'' OR state = ''failed''')
WHERE type = 'table';

-- question
UPDATE sqlite_schema SET sql = replace(sql,
    'asks IN (''confirm'', ''renewal'', ''rating'', ''solved'')',
    'asks = ''confirm'' OR asks = ''renewal'' OR asks = ''rating'' OR asks = ''solved''')
WHERE type = 'table';

-- question, rating
UPDATE sqlite_schema SET sql = replace(sql,
    'scale IN (''csat'', ''nps'', ''ces'')',
    'scale = ''csat'' OR scale = ''nps'' OR scale = ''ces''')
WHERE type = 'table';

-- question, reply, desk_item, rating
UPDATE sqlite_schema SET sql = replace(sql,
    'item_kind IN (''booking'', ''renewal'', ''case'')',
    'item_kind = ''booking'' OR item_kind = ''renewal'' OR item_kind = ''case''')
WHERE type = 'table';

-- question
UPDATE sqlite_schema SET sql = replace(sql,
    'state IN (''open'', ''answered'', ''closed'')',
    'state = ''open'' OR state = ''answered'' OR state = ''closed''')
WHERE type = 'table';

-- customer_case
UPDATE sqlite_schema SET sql = replace(sql,
    'source IN (''rating'', ''reply'', ''link'', ''desk'')',
    'source = ''rating'' OR source = ''reply'' OR source = ''link'' OR source = ''desk''')
WHERE type = 'table';

-- customer_case
UPDATE sqlite_schema SET sql = replace(sql,
    'cause IN (''work_quality'', ''delay'', ''price'', ''communication'', ''staff'', ''damage'', ''misunderstanding'', ''other'')',
    'cause = ''work_quality'' OR cause = ''delay'' OR cause = ''price'' OR cause = ''communication''
            OR cause = ''staff'' OR cause = ''damage'' OR cause = ''misunderstanding'' OR cause = ''other''')
WHERE type = 'table';

-- search_word
UPDATE sqlite_schema SET sql = replace(sql,
    'kind IN (''customer'', ''booking'', ''renewal'')',
    'kind = ''customer'' OR kind = ''booking'' OR kind = ''renewal''')
WHERE type = 'table';

-- overruled
UPDATE sqlite_schema SET sql = replace(sql,
    'field IN (''name'', ''phone'', ''email'', ''locale'', ''channel'', ''standing'', ''notes'')',
    'field = ''name'' OR field = ''phone'' OR field = ''email'' OR field = ''locale'' OR field = ''channel''
            OR field = ''standing'' OR field = ''notes''')
WHERE type = 'table';

-- replan
UPDATE sqlite_schema SET sql = replace(sql,
    'kind IN (''booking'', ''renewal'', ''case'')',
    'kind = ''booking'' OR kind = ''renewal'' OR kind = ''case''')
WHERE type = 'table';

-- import_run
UPDATE sqlite_schema SET sql = replace(sql,
    'kind IN (''bookings'', ''renewals'', ''customers'')',
    'kind = ''bookings'' OR kind = ''renewals'' OR kind = ''customers''')
WHERE type = 'table';

-- import_run
UPDATE sqlite_schema SET sql = replace(sql,
    'state IN (''looking'', ''ready'', ''refused'', ''importing'', ''done'', ''stopped'', ''interrupted'', ''expired'')',
    'state = ''looking'' OR state = ''ready'' OR state = ''refused'' OR state = ''importing''
            OR state = ''done'' OR state = ''stopped'' OR state = ''interrupted'' OR state = ''expired''')
WHERE type = 'table';

-- test_message
UPDATE sqlite_schema SET sql = replace(sql,
    'state IN (''started'', ''accepted'', ''delivered'', ''failed'', ''unknown'')',
    'state = ''started'' OR state = ''accepted'' OR state = ''delivered'' OR state = ''failed''
            OR state = ''unknown''')
WHERE type = 'table';

-- Any number that was not the one before makes every connection read the schema anew.
PRAGMA schema_version = 14000;
PRAGMA writable_schema = OFF;
