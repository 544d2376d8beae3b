import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeTraces } from '@/lib/telemetry/decode';
import { recognise } from '@/lib/telemetry/recognise';
import type { Span } from '@/lib/telemetry/span';
import { toProtobuf } from '@/lib/telemetry/testing/otlp';

/** Traces as nine agent frameworks emit them, beside the repository where they were recorded for it. */
const FOLDER = '../shared/data/otlp';
const there = existsSync(FOLDER);
if (!there) console.info(`Recorded traces left out: ${FOLDER} is not there.`);

type ToolCall = [name: string, callId: string | null, args: unknown];

interface Expected {
  spans: number;
  /** Model and its tokens, input+output, in the order of the calls. */
  models: [model: string, tokens: string][];
  tools: ToolCall[];
  agents: string[];
  conversations: string[];
}

/** Read off the files by hand. */
const TRACES: Record<string, Expected> = {
  'autogen-2025-06-06': {
    spans: 2,
    models: [['gpt-4o', '41+3']],
    tools: [],
    agents: [],
    conversations: [],
  },
  'crewai-2025-07-11': {
    spans: 6,
    models: [['gpt-4o-mini', '190+164']],
    tools: [],
    agents: ['Software developer'],
    conversations: [],
  },
  'google-adk-2025-08-28': {
    spans: 5,
    models: [
      ['gemini-2.0-flash', '28+3'],
      ['gemini-2.0-flash', '39+6'],
    ],
    tools: [['say_hello', 'adk-8bd8dc65-717d-4102-858b-3a1dd6b75a00', {}]],
    agents: ['hello_agent'],
    conversations: ['demo-session'],
  },
  'langgraph-js-2025-10-30': {
    spans: 20,
    // The second answer has 35 tokens of text and 64 of reasoning, which make its total of 278.
    models: [
      ['gpt-5-mini-2025-08-07', '142+24'],
      ['gpt-5-mini-2025-08-07', '179+99'],
    ],
    tools: [['get_weather', 'call_VEZJgIQLgzcb80IIyQJm7JCi', { city: 'San Francisco' }]],
    agents: [],
    conversations: [],
  },
  'llamaindex-2025-06-05': {
    spans: 2,
    models: [['gpt-4o', '13+81']],
    tools: [],
    agents: [],
    conversations: [],
  },
  'microsoft-agent-2025-12-17': {
    spans: 4,
    models: [
      ['gpt-5-mini-2025-08-07', '77+86'],
      ['gpt-5-mini-2025-08-07', '216+20'],
    ],
    tools: [['get_weather', 'call_CwaJHuXTm9dmHFQPlVbqyzJ0', { location: 'Tokyo, Japan' }]],
    agents: ['171105b7-59dd-49c0-9677-0b95395aa46a'],
    conversations: ['resp_0e32bda5b6259ecd00694279e271348194a818447145cd1763'],
  },
  'openai-agents-2025-09-30': {
    spans: 5,
    models: [
      ['gpt-4.1-2025-04-14', '55+15'],
      ['gpt-4.1-2025-04-14', '85+29'],
    ],
    tools: [['get_weather', null, { city: 'Tokyo' }]],
    agents: ['Hello world'],
    conversations: [],
  },
  'pydantic-ai-tools-2025-12-04': {
    spans: 12,
    models: [
      ['gpt-4o-mini-2024-07-18', '265+73'],
      ['gpt-4o-mini-2024-07-18', '417+53'],
      ['gpt-4o-mini-2024-07-18', '502+14'],
      ['gpt-4o-mini-2024-07-18', '131+69'],
    ],
    tools: [
      ['get_pun_suggestion', 'call_X0OSgjUukT5inyEQvuZQnHrk', { topic: 'programming' }],
      ['get_dad_joke_suggestion', 'call_WxZcCvSDhGT4RJHlcU01k10x', { topic: 'programming' }],
      ['get_one_liner_suggestion', 'call_aRaObiWKKt6GzgDkkUl3bu1Q', { topic: 'programming' }],
    ],
    agents: ['evaluator_agent', 'joke_agent'],
    conversations: [],
  },
  'vercel-aisdk-2025-11-17': {
    spans: 3,
    models: [['gpt-5-2025-08-07', '62+85']],
    tools: [['getWeather', 'call_DgKARp7a7IhJPDczfifMp6Ra', { location: 'San Francisco' }]],
    agents: [],
    conversations: [],
  },
};

const RECEIVED_MS = Date.UTC(2026, 0, 1);

function read(trace: string, type: 'json' | 'protobuf'): Span[] {
  const file = readFileSync(`${FOLDER}/${trace}.otlp.json`);
  const body = type === 'json' ? file : toProtobuf(JSON.parse(file.toString()));
  const { spans, rejected } = decodeTraces(body, type, RECEIVED_MS);
  expect(rejected.count).toBe(0);
  return spans.map(recognise).sort((a, b) => a.startUs - b.startUs || a.name.localeCompare(b.name));
}

describe.skipIf(!there).each(Object.keys(TRACES))('the recorded trace %s', (trace) => {
  it.each(['json', 'protobuf'] as const)('has every tool, model and token count recognised (%s)', (type) => {
    const spans = read(trace, type);
    const calls = spans.filter((span) => span.operation === 'model');
    const tools = spans.flatMap((span) => (span.tool === null ? [] : [span.tool]));
    const byName = (a: ToolCall, b: ToolCall) => a[0].localeCompare(b[0]);
    expect({
      spans: spans.length,
      models: calls.map((span) => [span.model, `${span.tokens?.input}+${span.tokens?.output}`]),
      tools: tools.map((tool): ToolCall => [tool.name, tool.callId, tool.arguments]).sort(byName),
      agents: [...new Set(spans.flatMap((span) => span.agentName ?? []))].sort(),
      conversations: [...new Set(spans.flatMap((span) => span.conversationId ?? []))],
    }).toEqual({
      ...TRACES[trace],
      tools: [...(TRACES[trace]?.tools ?? [])].sort(byName),
    });
    for (const tool of tools) expect(tool.result).toBeDefined();
  });

  it('counts no token twice', () => {
    for (const span of read(trace, 'json')) {
      expect(span.tokens !== null, span.name).toBe(span.operation === 'model');
    }
  });
});

describe.skipIf(!there)('the cost a recorded trace reports itself', () => {
  it('is kept with each model call', () => {
    const costs = read('pydantic-ai-tools-2025-12-04', 'json').flatMap((span) => span.reportedCostUsd ?? []);
    expect(costs).toEqual([0.00008355, 0.00009435, 0.0000837, 0.00006105]);
  });
});
