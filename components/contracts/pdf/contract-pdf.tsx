import { Document, Link, Page, renderToBuffer, StyleSheet, Text, View } from '@react-pdf/renderer';
import { FOOT, INK, INK_2, LINE, NO_HYPHEN, PAGE, registerFonts } from '@/components/ui/pdf-look';
import { authorityRows, type Sentence, TIER_WORDS } from '@/lib/contract/describe';
import { sectionTexts } from '@/lib/contract/document';
import { readSheet } from '@/lib/contract/read-sheet';
import type { Contract } from '@/lib/contract/schema';
import { formatDate, formatExact } from '@/lib/format';
import type { ContractDetail } from '@/lib/services/contracts/get-contract';
import { signTitle } from '../sign-title';

registerFonts();

const look = StyleSheet.create({
  page: PAGE,
  title: { fontSize: 18, fontWeight: 600, lineHeight: 1.2 },
  facts: { color: INK_2, fontSize: 8.5, marginTop: 3, marginBottom: 10 },
  part: { flexDirection: 'row', borderTopWidth: 0.5, borderTopColor: LINE, paddingVertical: 4 },
  partTitle: { width: 104, paddingRight: 10, fontWeight: 600 },
  partText: { flex: 1, fontSize: 9, lineHeight: 1.4 },
  strong: { fontWeight: 600 },
  code: { fontFamily: 'Geist Mono', fontSize: 8 },
  people: { flexDirection: 'row', flexWrap: 'wrap' },
  person: { width: '50%', paddingRight: 8, fontSize: 9, lineHeight: 1.4 },
  sign: { flexDirection: 'row', flexWrap: 'wrap', marginTop: 8 },
  line: { width: '50%', paddingRight: 20, marginTop: 22 },
  rule: { borderTopWidth: 0.75, borderTopColor: INK, paddingTop: 2, color: INK_2, fontSize: 8 },
  section: { fontSize: 11, fontWeight: 600, marginTop: 12, marginBottom: 2 },
  clause: { borderTopWidth: 0.5, borderTopColor: LINE, paddingVertical: 3 },
  clauseName: { fontFamily: 'Geist Mono', fontSize: 7, color: INK_2 },
  clauseText: { fontSize: 9, lineHeight: 1.4 },
  small: { fontSize: 8, color: INK_2 },
  foot: FOOT,
});

type People = ContractDetail['people'];

/** A version as a PDF: one page to understand and sign, then every clause; digest and page number on each page. A4. */
export function renderContractPdf(detail: ContractDetail): Promise<Buffer> {
  const { version, extending, people } = detail;
  const key = JSON.stringify([version.id, version.inForce, extending?.label, people]);
  const known = made.get(key);
  if (known !== undefined) return known;
  const rendering = renderToBuffer(<ContractPdf detail={detail} />);
  // What failed is tried again.
  rendering.catch(() => made.delete(key));
  const oldest = made.keys().next();
  if (made.size >= MOST_KEPT && !oldest.done) made.delete(oldest.value);
  made.set(key, rendering);
  return rendering;
}

/** Setting a large contract takes seconds of this process, and a version never changes: each is set once while it is asked for. */
const made = new Map<string, Promise<Buffer>>();
const MOST_KEPT = 24;

function ContractPdf({ detail }: { detail: ContractDetail }) {
  const { contract, version, people } = detail;
  const name = contract.identity.name;
  const sheet = readSheet(contract);
  return (
    <Document
      title={`${name}, contract v${version.label}`}
      subject={`sha256 ${version.digest}`}
      creator="Countersign"
      producer="Countersign"
      language="en"
    >
      <Page size="A4" style={look.page} bookmark="In short">
        <Text style={look.title}>{name}</Text>
        <Text style={look.facts}>
          Agentic contract v{version.label} (no. {version.number}),{' '}
          {version.inForce ? 'in force' : 'not in force'}, made on {formatDate(version.createdAt, 'UTC')}
          {detail.extending === null ? '' : `, extends workspace defaults v${detail.extending.label}`}
        </Text>
        {sheet.parts.map((part) => (
          <View key={part.id} style={look.part} wrap={false}>
            <Text style={look.partTitle}>{part.title}</Text>
            <Text style={look.partText} hyphenationPenalty={NO_HYPHEN}>
              {part.sentences.map((sentence, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: sentences never change places
                <Text key={index}>
                  <Words parts={sentence} people={people} />{' '}
                </Text>
              ))}
            </Text>
          </View>
        ))}
        <View style={look.part} wrap={false}>
          <Text style={look.partTitle}>Who answers</Text>
          <View style={[look.partText, look.people]}>
            {sheet.answers.map(({ part, email }) => (
              <Text key={part} style={look.person}>
                {part}: {nameOf(email, people)}
              </Text>
            ))}
          </View>
        </View>
        {sheet.signOff.length === 0 ? null : (
          <View style={look.sign} wrap={false}>
            {sheet.signOff.map((role) => (
              <View key={role} style={look.line}>
                <Text style={look.rule}>{signTitle(role)}: name, signature, date</Text>
              </View>
            ))}
          </View>
        )}
        <Foot detail={detail} />
      </Page>
      <Page size="A4" style={look.page} bookmark="Every clause">
        <Text style={look.title}>Every clause</Text>
        <Clauses contract={contract} people={people} />
        <Foot detail={detail} />
      </Page>
    </Document>
  );
}

function Foot({ detail: { contract, version } }: { detail: ContractDetail }) {
  return (
    <View style={look.foot} fixed>
      <View>
        <Text>
          {contract.identity.name} v{version.label}
        </Text>
        <Text style={{ fontFamily: 'Geist Mono', fontSize: 6.5 }}>sha256 {version.digest}</Text>
      </View>
      <Text render={({ pageNumber, totalPages }) => `Page ${pageNumber} of ${totalPages}`} />
    </View>
  );
}

function Clauses({ contract, people }: { contract: Contract; people: People }) {
  return sectionTexts(contract).map((section) => (
    <View key={section.key}>
      <Text style={look.section} minPresenceAhead={40}>
        {section.number} {section.title}
      </Text>
      {section.clauses.map((clause) => (
        <Clause key={clause.path} path={clause.path}>
          <Words parts={clause.sentence} people={people} />
          {clause.details === undefined ? null : (
            <Text style={look.small}>{`\n${clause.details.lines.join('\n')}`}</Text>
          )}
          {clause.link === undefined ? null : <Link src={clause.link}> {clause.link}</Link>}
        </Clause>
      ))}
      {section.key === 'authority'
        ? authorityRows(contract).map((row) => (
            <Clause key={row.clause} path={row.clause}>
              <Words parts={row.when} people={people} />: {TIER_WORDS[row.tier]}
              {row.decides === 'nobody' ? '.' : `, ${nameOf(row.decides, people)} decides.`}
              {row.statement === undefined ? null : ` ${row.statement}`}
            </Clause>
          ))
        : null}
      {section.key === 'risk' ? <Risk contract={contract} /> : null}
    </View>
  ));
}

function Risk({ contract: { risk } }: { contract: Contract }) {
  const { thresholds, categories, actions } = risk;
  const list = (weights: object) =>
    Object.entries(weights)
      .map(([key, weight]) => `${key} ${formatExact(Number(weight))}`)
      .join(', ');
  return (
    <>
      <Clause path="risk/thresholds">
        A run is medium from {formatExact(thresholds.medium)}, high from {formatExact(thresholds.high)},
        critical from {formatExact(thresholds.critical)}.
      </Clause>
      <Clause path="risk/categories">Weights: {list(categories) || 'none'}.</Clause>
      <Clause path="risk/actions">Multipliers: {list(actions)}.</Clause>
    </>
  );
}

function Clause({ path, children }: { path: string; children: React.ReactNode }) {
  return (
    <View style={look.clause}>
      <Text style={look.clauseName}>{lines(path)}</Text>
      <Text style={look.clauseText} hyphenationPenalty={NO_HYPHEN}>
        {children}
      </Text>
    </View>
  );
}

/** A name too long for one line is cut into several, because the library would put a hyphen where it breaks one. */
function lines(path: string): string {
  return (path.match(/.{1,110}/gsu) ?? []).join('\n');
}

function Words({ parts, people }: { parts: Sentence; people: People }) {
  return parts.map((part, index) => {
    const key = index;
    if (typeof part === 'string') return part;
    if (part.kind === 'person') return nameOf(part.text, people);
    return (
      <Text key={key} style={part.kind === 'tool' ? look.code : look.strong}>
        {part.text}
      </Text>
    );
  });
}

/** Whom an address belongs to, with the address: a page on paper must name one person. */
function nameOf(email: string, people: People): string {
  return people[email.toLowerCase()] ?? email;
}
