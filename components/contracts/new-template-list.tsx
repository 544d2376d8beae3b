import Link from 'next/link';
import { Sheet } from '@/components/ui/sheet';
import { TEMPLATES } from '@/lib/contract/templates/all';
import { TEMPLATE_GROUPS } from '@/lib/contract/templates/template';
import { plural } from '@/lib/format';

/** The templates, by what such an agent does. */
export function TemplateList() {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 lg:grid-cols-2">
      {TEMPLATE_GROUPS.map((group) => {
        const templates = TEMPLATES.filter((template) => template.group === group);
        return (
          <Sheet key={group} title={group} label={plural(templates.length, 'template')}>
            <ul>
              {templates.map((template) => (
                <li
                  key={template.id}
                  className="relative border-b border-line px-3.5 py-3 last:border-b-0 focus-within:bg-sunk hover:bg-sunk"
                >
                  <h3 className="font-medium">
                    <Link href={`/contracts/new?template=${template.id}`} className="row-link">
                      {template.title}
                    </Link>
                  </h3>
                  <p className="max-w-[68ch]">{template.does}</p>
                  <p className="max-w-[68ch] text-sm text-ink-2">{template.suits}</p>
                </li>
              ))}
            </ul>
          </Sheet>
        );
      })}
    </div>
  );
}
