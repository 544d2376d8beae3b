/** Words in the names of tools and arguments, and what they tell. Lower case, single words. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Move money or commit the company, whatever they are done to. */
export const TRANSACT_VERBS = words(
  'pay payout refund charge transfer wire disburse purchase buy sell checkout settle reimburse withdraw deposit trade bid book reserve rent',
);
/** With a verb that writes, these are money or commitments too. */
export const TRANSACT_NOUNS = words(
  'payment payments payout payouts refund refunds charge charges transfer transfers purchase purchases subscription subscriptions trade trades booking bookings reservation reservations payroll transaction transactions money order orders',
);
/** "transfer_to_human" hands somebody over, not money. */
export const HANDOVER = words('human agent agents operator colleague person department queue team support');
/** With a word that only prepares, money does not move yet. */
export const PREPARING = words('draft drafts preview simulate simulation quote estimate dry validate');

export const WRITE_VERBS = words(
  `create add update set delete remove write edit insert put patch post send move rename upload publish append assign
   close cancel archive merge push commit deploy run execute exec start stop restart reply comment schedule invite grant
   revoke approve reject drop truncate import register submit sync save mark tag label enable disable lock unlock reset
   subscribe unsubscribe trigger notify draft release void reverse note refer escalate share react pin
   forward replace modify change make generate upsert copy fork invoke apply click type navigate kill terminate`,
);
export const READ_VERBS = words(
  `get list search find read fetch query lookup look describe show view count check verify validate estimate calculate
   compute compare summarize summarise extract analyze analyse classify score preview download export browse retrieve ocr
   parse translate ping status is has select watch resolve detect inspect history head explain match monitor think
   directory tree info stat stats schema schemas`,
);
/** What they do is hard or impossible to take back. */
export const FINAL_VERBS = words(
  'delete remove drop truncate send publish pay payout refund charge transfer wire disburse deploy purge wipe notify forward post reply execute exec submit kill terminate',
);
/** An undoing word for a verb. */
export const UNDO: Readonly<Record<string, readonly string[]>> = {
  create: ['delete', 'remove', 'cancel', 'void', 'archive'],
  add: ['remove', 'delete'],
  insert: ['delete', 'remove'],
  draft: ['void', 'cancel', 'delete', 'discard'],
  book: ['cancel', 'reverse'],
  reserve: ['cancel', 'release'],
  schedule: ['cancel', 'unschedule'],
  start: ['stop', 'cancel'],
  run: ['cancel', 'stop'],
  enable: ['disable'],
  disable: ['enable'],
  lock: ['unlock'],
  unlock: ['lock'],
  grant: ['revoke'],
  assign: ['unassign'],
  subscribe: ['unsubscribe'],
  publish: ['unpublish'],
  pay: ['reverse', 'refund', 'cancel'],
  refund: ['reverse', 'cancel'],
  transfer: ['reverse', 'cancel'],
  release: ['reverse', 'recall'],
  post: ['reverse', 'delete'],
};

/** Verbs that are things as well: where the name has another verb, that one counts. */
export const ALSO_NOUNS = words(
  'book charge order note share draft post label tag head transfer trade bid comment',
);

/** A call with one of these in its name reaches people or systems outside. */
export const EGRESS_WORDS = words(
  'web http https url internet browser browse webpage website tweet webhook publish upload crawl scrape google bing navigate',
);
/** These do when something is sent. */
export const MESSAGE_WORDS = words(
  'email emails mail message messages sms slack teams whatsapp telegram chat dm event invitation money file webinar',
);
export const SENDING_VERBS = words('send post reply forward notify share invite message schedule reschedule');
/** Arguments that say where something goes. */
export const EGRESS_ARGUMENTS = words(
  'url uri href recipient recipients webhook to cc bcc email_to phone_number channel',
);
/** Arguments that take a program: what the tool is called says little about what it does. */
export const PROGRAM_ARGUMENTS = words('sql code command cmd script shell bash python javascript program');

/** Argument names that make a repeated call the same call. */
export const IDEMPOTENCY_ARGUMENTS = words(
  'idempotency_key idempotencykey idempotency request_id requestid client_token clienttoken',
);

/** Words that tell of a data category, by its slug. */
export const CATEGORY_WORDS: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['secret', words('password passwords secret secrets credential credentials apikey passphrase')],
  ['payment-card', words('card cards cvv cvc pan cardnumber creditcard')],
  ['bank-account', words('iban bic swift bank routing sortcode')],
  [
    'health',
    words(
      'health medical patient patients diagnosis diagnoses prescription prescriptions clinical allergy allergies',
    ),
  ],
  ['criminal-justice', words('criminal conviction convictions police offence offense')],
  ['biometric', words('biometric biometrics fingerprint fingerprints faceprint')],
  ['minors', words('child children minor minors pupil pupils')],
  [
    'financial',
    words(
      `invoice invoices payment payments refund refunds price prices amount salary salaries payroll balance balances
       transaction transactions ledger journal billing bill budget budgets expense expenses revenue tax taxes`,
    ),
  ],
  [
    'contact',
    words('email emails mail phone address addresses contact contacts telephone mobile recipient recipients'),
  ],
  [
    'personal',
    words(
      `customer customers user users person people patient patients employee employees member members client clients
       profile profiles claimant claimants passenger passengers traveler traveller birthday birthdate dob ssn passport
       firstname lastname fullname participant participants attendee attendees candidate candidates resident tenant`,
    ),
  ],
  [
    'location',
    words('location locations geo geocode latitude longitude gps coordinates whereabouts directions'),
  ],
  ['behaviour', words('browsing clickstream analytics tracking pageviews')],
  [
    'confidential',
    words(
      `document documents file files folder directory repository repo repositories commit branch drive wiki page pages
       warehouse table tables database sql code issue issues ticket tickets message messages channel channels inbox
       calendar event events meeting meetings note notes order orders contract contracts policy policies report reports`,
    ),
  ],
];

/** "payments.createRefund-v2" is payments, create, refund, v2: at marks, and where a capital follows a small letter. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
