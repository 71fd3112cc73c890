/* What care may be lost, and when: a row per service, over the next hours. */
import type { JSX } from 'preact';
import { clock, expected, moment } from '../../format';
import { t } from '../../i18n';
import { minute } from '../../state';
import { LikelyTag, Patterns, Section } from '../parts';
import type { CareLoss, Incident } from '../types';

const MIN = 60_000, HOUR = 60 * MIN;
const STEPS = [15 * MIN, 30 * MIN, HOUR, 2 * HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR];

interface Span { from: number; to: number }

/* From a quarter of an hour ago until all is shown that comes within two days. */
function spanOf(losses: readonly CareLoss[], now: number): Span {
	const last = Math.max(now + 2 * HOUR, ...losses.map((c) => Date.parse(c.expected ?? '') || 0));
	return { from: now - 15 * MIN, to: Math.min(last + 30 * MIN, now + 48 * HOUR) };
}

function ticksOf(s: Span): number[] {
	const step = STEPS.find((x) => (s.to - s.from) / x <= 7) ?? 24 * HOUR;
	const first = Math.ceil(s.from / step) * step;
	return Array.from({ length: Math.floor((s.to - first) / step) + 1 }, (_, i) => first + i * step);
}

const share = (at: number, s: Span): number => Math.min(100, Math.max(0, ((at - s.from) / (s.to - s.from)) * 100));
/* A time at an edge is written inwards. */
const anchorOf = (n: number): 'start' | 'middle' | 'end' => (n < 4 ? 'start' : n > 96 ? 'end' : 'middle');
const pct = (n: number): string => `${n.toFixed(2)}%`;

function Bar({ loss, span, now, ticks }: { loss: CareLoss; span: Span; now: number; ticks: number[] }): JSX.Element {
	const expected = share(Date.parse(loss.expected ?? loss.earliest ?? '') || now, span);
	const earliest = Math.min(expected, share(Date.parse(loss.earliest ?? loss.expected ?? '') || now, span));
	return (
		<svg class="strip" width="100%" height="22" aria-hidden="true" focusable="false">
			{ticks.map((x) => <line key={x} class="strip-tick" x1={pct(share(x, span))} x2={pct(share(x, span))} y1="0" y2="22" />)}
			<line class="strip-early" x1={pct(earliest)} x2={pct(expected)} y1="11" y2="11" />
			<rect class="strip-frame" x={pct(expected)} y="4" width={pct(Math.max(0.6, 100 - expected))} height="14" />
			<rect class={`bar bar-${loss.likely}`} x={pct(expected)} y="4" width={pct(Math.max(0.6, 100 - expected))} height="14" />
			<line class="strip-now" x1={pct(share(now, span))} x2={pct(share(now, span))} y1="0" y2="22" />
		</svg>
	);
}

export function Forecast({ incident }: { incident: Incident }): JSX.Element {
	const now = minute.value;
	const losses = [...incident.care].sort((a, b) => (a.expected ?? '~').localeCompare(b.expected ?? '~'));
	const span = spanOf(losses, now);
	const ticks = ticksOf(span);
	return (
		<Section title={t('inc.forecast')} class="forecast">
			<Patterns />
			{losses.length === 0 && <p class="quiet">{t('inc.no_care')}</p>}
			{losses.length > 0 && (
				<>
					<ul class="strips">
						{losses.map((c) => (
							<li key={c.id}>
								<p class="strip-name">
									<strong>{c.name}</strong> <span>{c.threat}</span>
								</p>
								<p class="strip-when">
									{c.expected && <><strong>{expected(c.expected, now, c.likely)}</strong> <span class="quiet">{moment(c.expected, now)}</span> </>}
									<LikelyTag likely={c.likely} range={c.likelihood} />
								</p>
								<Bar loss={c} span={span} now={now} ticks={ticks} />
							</li>
						))}
					</ul>
					<div class="strip-axis" aria-hidden="true">
						<svg width="100%" height="20" focusable="false">
							{ticks.map((x) => <text key={x} x={pct(share(x, span))} y="14" text-anchor={anchorOf(share(x, span))}>{clock(x)}</text>)}
						</svg>
					</div>
					<p class="quiet strip-key">{t('inc.strip_key')}</p>
				</>
			)}
			{incident.care_not_ruled_out > 0 && <p class="quiet">{t('inc.not_ruled_out', { n: incident.care_not_ruled_out })}</p>}
		</Section>
	);
}
