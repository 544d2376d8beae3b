import { Document, Page, renderToBuffer, StyleSheet, Text, View } from '@react-pdf/renderer';
import { FOOT, INK_2, LINE, NO_HYPHEN, PAGE, registerFonts } from '@/components/ui/pdf-look';
import { formatDateTime } from '@/lib/format';
import type { PostmortemSection, Statement } from '@/lib/response/postmortem';
import { entryNumber } from '@/lib/response/timeline-words';
import type { PostmortemDetail } from '@/lib/services/postmortems/get-postmortem';

registerFonts();

const look = StyleSheet.create({
  page: PAGE,
  title: { fontSize: 18, fontWeight: 600, lineHeight: 1.2 },
  facts: { color: INK_2, fontSize: 8.5, marginTop: 3 },
  section: { fontSize: 11, fontWeight: 600, marginTop: 14, marginBottom: 3 },
  line: { flexDirection: 'row', paddingVertical: 2, borderTopWidth: 0.5, borderTopColor: LINE },
  time: { width: 92, color: INK_2, fontSize: 8, paddingRight: 8, paddingTop: 0.5 },
  text: { flex: 1, fontSize: 9, lineHeight: 1.4 },
  source: { width: 60, textAlign: 'right', color: INK_2, fontSize: 7.5, paddingTop: 1 },
  excerpt: {
    fontFamily: 'Geist Mono',
    fontSize: 7.5,
    lineHeight: 1.4,
    backgroundColor: '#f4f4f0',
    padding: 6,
    marginTop: 4,
  },
  note: { borderLeftWidth: 1.5, borderLeftColor: INK_2, paddingLeft: 8, marginTop: 5 },
  by: { color: INK_2, fontSize: 8 },
  foot: FOOT,
});

/** A postmortem as a PDF: its sections with their sources, and under each what people wrote beside it. A4. */
export function renderPostmortemPdf(detail: PostmortemDetail): Promise<Buffer> {
  return renderToBuffer(<PostmortemPdf detail={detail} />);
}

function PostmortemPdf({ detail }: { detail: PostmortemDetail }) {
  const { document, zone, number } = detail;
  return (
    <Document title={document.title} creator="Countersign" producer="Countersign" language="en">
      <Page size="A4" style={look.page}>
        <Text style={look.title}>{document.title}</Text>
        <Text style={look.facts}>
          {detail.agent.displayName}, severity {detail.incident.severity}, {detail.incident.state}. Written
          from the record at {formatDateTime(detail.at, zone)}; numbers at the right are audit entries.
        </Text>
        {document.sections.map((section) => (
          <Section key={section.id} section={section} detail={detail} />
        ))}
        <View style={look.foot} fixed>
          <Text>Countersign, postmortem of INC-{number}</Text>
          <Text render={({ pageNumber, totalPages }) => `${pageNumber} of ${totalPages}`} />
        </View>
      </Page>
    </Document>
  );
}

function Section({ section, detail }: { section: PostmortemSection; detail: PostmortemDetail }) {
  const notes = detail.annotations.notes.filter((note) => note.section === section.id);
  return (
    <View>
      <Text style={look.section} minPresenceAhead={24}>
        {section.title}
      </Text>
      {section.statements.map((statement, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: statements never change places
        <Line key={index} statement={statement} zone={detail.zone} />
      ))}
      {section.excerpt === undefined ? null : <Text style={look.excerpt}>{section.excerpt}</Text>}
      {notes.map((note) => (
        <View key={note.id} style={look.note}>
          <Text style={look.by}>
            {note.by.name}, {formatDateTime(note.at, detail.zone)}
          </Text>
          <Text style={look.text}>{note.body}</Text>
        </View>
      ))}
    </View>
  );
}

function Line({ statement, zone }: { statement: Statement; zone: string }) {
  return (
    <View style={look.line} wrap={false}>
      {statement.at === undefined ? null : (
        <Text style={look.time}>{formatDateTime(statement.at, zone, 'second')}</Text>
      )}
      <Text style={look.text} hyphenationPenalty={NO_HYPHEN}>
        {statement.text}
      </Text>
      {statement.entries.length === 0 ? null : (
        <Text style={look.source}>{statement.entries.map(entryNumber).join(', ')}</Text>
      )}
    </View>
  );
}
