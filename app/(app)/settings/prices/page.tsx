import type { Metadata } from 'next';
import { EnterPrice, RemovePrice } from '@/components/prices/price-dialogs';
import { SettingsPage } from '@/components/settings/settings-page';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { Sheet, Stack } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { requireActor } from '@/lib/auth/session';
import { alignDecimals, formatCount, formatDate, formatPrice, plural } from '@/lib/format';
import { listPrices } from '@/lib/services/prices/list-prices';

export const metadata: Metadata = { title: 'Model prices' };

export default async function PricesPage() {
  const actor = await requireActor();
  const now = new Date();
  const { prices, unpriced, mayEdit } = await listPrices(actor, now);
  const today = now.toISOString().slice(0, 10);
  const inputs = alignDecimals(prices.map((price) => formatPrice(price.inputUsd)));
  const outputs = alignDecimals(prices.map((price) => formatPrice(price.outputUsd)));
  const cached = alignDecimals(
    prices.map((price) => (price.cachedInputUsd === null ? 'as input' : formatPrice(price.cachedInputUsd))),
  );
  const models = new Set(prices.map((price) => price.model.toLowerCase())).size;
  return (
    <SettingsPage
      place="prices"
      title="Model prices"
      facts={[
        plural(models, 'model'),
        'US dollars per million tokens',
        mayEdit ? null : 'Heads of AI and engineering leads enter prices.',
      ]}
      {...(mayEdit ? { actions: <EnterPrice today={today} trigger="Enter price" /> } : {})}
    >
      <LiveRefresh topics={['price']} />
      <Stack>
        {unpriced.length === 0 ? null : (
          <Callout
            tone="medium"
            title={`${plural(unpriced.length, 'model')} without a price in the last 30 days`}
          >
            <p>Calls to them are counted as unpriced; their cost is unknown, not zero.</p>
            <ul className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
              {unpriced.map(({ model, calls }) => (
                <li key={model} className="flex items-center gap-2">
                  <span className="code">{model}</span> {formatCount(calls)} {calls === 1 ? 'call' : 'calls'}
                  {mayEdit ? (
                    <EnterPrice
                      today={today}
                      draft={{ model }}
                      small
                      trigger={
                        <>
                          Enter<span className="sr-only"> a price for {model}</span>
                        </>
                      }
                    />
                  ) : null}
                </li>
              ))}
            </ul>
          </Callout>
        )}
        <Sheet>
          {prices.length === 0 ? (
            <EmptyState title="No prices yet">
              Cost is calculated from tokens and these prices. Enter those of your models.
            </EmptyState>
          ) : (
            <Table label="Model prices">
              <thead>
                <tr>
                  <Th>Model</Th>
                  <Th numeric>Input</Th>
                  <Th numeric className="max-md:hidden">
                    Cached input
                  </Th>
                  <Th numeric>Output</Th>
                  <Th className="max-md:hidden">From</Th>
                  <Th className="max-md:hidden">Source</Th>
                  {mayEdit ? <Th>Change</Th> : null}
                </tr>
              </thead>
              <tbody>
                {prices.map((price, index) => (
                  <Tr key={price.id} className={price.current ? '' : 'text-ink-3'}>
                    <Td wrap className="min-w-32!">
                      <span className="code [overflow-wrap:anywhere]">{price.model}</span>
                      {price.own ? (
                        <span className="ml-2">
                          <Tag tone="accent">yours</Tag>
                        </span>
                      ) : null}
                    </Td>
                    <Td numeric className="max-md:px-2">
                      {inputs[index]}
                    </Td>
                    <Td
                      numeric
                      className={`max-md:hidden ${price.cachedInputUsd === null ? 'text-ink-3' : ''}`}
                    >
                      {cached[index]}
                    </Td>
                    <Td numeric className="max-md:px-2">
                      {outputs[index]}
                    </Td>
                    <Td className="text-ink-2 max-md:hidden">
                      {formatDate(price.effectiveFrom, 'UTC')}
                      {price.current
                        ? null
                        : price.effectiveFrom > now.toISOString()
                          ? ', later'
                          : ', before'}
                    </Td>
                    <Td wrap className="text-ink-2 max-md:hidden">
                      {price.source}
                      {price.enteredBy === null ? null : `, entered by ${price.enteredBy}`}
                    </Td>
                    {mayEdit ? (
                      <Td>
                        {price.own ? (
                          <RemovePrice id={price.id} model={price.model} />
                        ) : price.current ? (
                          <EnterPrice
                            today={today}
                            small
                            draft={price}
                            trigger={
                              <>
                                Override<span className="sr-only"> the price of {price.model}</span>
                              </>
                            }
                          />
                        ) : null}
                      </Td>
                    ) : null}
                  </Tr>
                ))}
              </tbody>
            </Table>
          )}
        </Sheet>
      </Stack>
    </SettingsPage>
  );
}
