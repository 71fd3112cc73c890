/* The hospital at a glance: what is open, ordered by harm to care, beside where it is. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Floors } from '../floors';
import { expected, moment, span } from '../format';
import { colon, named, t } from '../i18n';
import { Icon, LevelTag } from '../icons';
import { useKeys, type Binding } from '../keys';
import { Plan } from '../plan';
import { ask, query } from '../router';
import { may, minute, now, plans } from '../state';
import { ownStep } from './parts';
import type { Care, Line } from '../types';
import './now.css';

const WALL_LINES = 5;

/* How likely, between which bounds: a bar from 0 to 1 with the band in it. */
function Likelihood({ care }: { care: Care }): JSX.Element {
	const [lo, hi] = care.likelihood;
	return (
		<svg class="likelihood" viewBox="0 0 48 6" aria-hidden="true" focusable="false">
			<rect class="likelihood-all" width="48" height="6" rx="3" />
			<rect class="likelihood-lo" width={48 * lo} height="6" rx="3" />
			<rect class="likelihood-band" x={48 * lo} width={Math.max(48 * (hi - lo), 2)} height="6" rx="3" />
		</svg>
	);
}

/* What waits for somebody: where there is one incident, it waits there. */
function Waits({ at, children }: { at: Line | undefined; children: string }): JSX.Element {
	return at ? <a href={`/incidents/${at.id}`}>{children}</a> : <span>{children}</span>;
}

export function CareLosses({ line }: { line: Line }): JSX.Element | null {
	const more = line.care_total - line.care.length;
	if (!line.care.length) return null;
	return (
		<ul class="losses" aria-label={t('now.lost')}>
			{line.care.map((c) => (
				<li key={c.service}>
					<span class="losses-name">{c.name}</span>
					<span class="losses-likely"><Likelihood care={c} />{named('likely', c.likely)}</span>
					<span class="losses-when">{c.expected ? <time dateTime={c.expected}>{expected(c.expected, minute.value, c.likely)}</time> : ''}</span>
				</li>
			))}
			{more > 0 && <li class="quiet">{t('now.more_care', { n: more })}</li>}
		</ul>
	);
}

interface Pick { picked: boolean; toggle: (range: boolean) => void }

function StepLine({ line }: { line: Line }): JSX.Element | null {
	const mine = ownStep(line), first = line.first_step;
	return first && <>
		{mine && <p class="entry-step"><Icon name="step" /><span><b>{t('now.you')}</b> {mine.text}</span></p>}
		<p class={`entry-step ${mine ? 'quiet' : ''}`}><Icon name="step" /><span><b>{first.role_name}</b> {first.text}</span></p>
	</>;
}

function Entry({ line, chosen, choose, pick }: {
	line: Line; chosen: boolean; choose: (byFocus: boolean) => void; pick: Pick | null;
}): JSX.Element {
	return (
		<li class={`entry level-${line.level} ${chosen ? 'chosen' : ''}`} onPointerEnter={() => choose(false)} onFocusIn={() => choose(true)}>
			<p class="entry-head">
				{pick && <input type="checkbox" class="pick" aria-label={t('bulk.pick', { what: line.title })} checked={pick.picked}
					onClick={(e) => pick.toggle(e.shiftKey)} />}
				<LevelTag level={line.level} />
				<span>{named('state', line.state)} · {named('domain', line.domain)} · {t('now.signs', { n: line.signs })}</span>
				<span><time dateTime={line.first}>{t('now.since', { at: moment(line.first, minute.value), t: span(minute.value - Date.parse(line.first)) })}</time></span>
				<span class={line.taken?.present ? 'taken' : 'not-taken'}>
					{line.taken ? t('now.taken', { role: line.taken.role, at: moment(line.taken.at, minute.value) }) : t('now.not_taken')}
					{line.taken && !line.taken.present && `${colon()}${t('now.absent')}`}</span>
				{line.asked && <span class="not-taken">{t('now.asked', { role: line.asked.role_name, at: moment(line.asked.at, minute.value) })}</span>}
			</p>
			<h2><a href={`/incidents/${encodeURIComponent(line.id)}`} data-entry={line.id}>{line.sentence}</a></h2>
			{!line.sentence.includes(line.where) && <p class="entry-where"><Icon name="place" /><span>{line.where}</span></p>}
			<CareLosses line={line} />
			<StepLine line={line} />
		</li>
	);
}

/* The ground floor of the first building, if nothing is open anywhere. */
const calmFloor = (): string | null => {
	const floors = plans.value?.buildings[0]?.floors ?? [];
	return (floors.find((f) => f.level === 0) ?? floors[0])?.id ?? null;
};

function move(by: 1 | -1): void {
	const all = [...document.querySelectorAll<HTMLElement>('[data-entry]')];
	const i = all.indexOf(document.activeElement as HTMLElement);
	all[i < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(i + by, 0), all.length - 1)]?.focus();
}

/* Several are chosen by boxes: x at the one that has the focus, shift for all in between. */
function usePicks(lines: readonly Line[]): { picks: Line[]; of: (l: Line) => Pick; clear: () => void } {
	const [ids, set] = useState<readonly string[]>([]);
	const last = useRef('');
	const toggle = (id: string, range: boolean) => {
		const all = lines.map((l) => l.id), a = all.indexOf(last.current), b = all.indexOf(id);
		const span = range && a >= 0 ? all.slice(Math.min(a, b), Math.max(a, b) + 1) : [id];
		const on = !ids.includes(id);
		set(on ? [...new Set([...ids, ...span])] : ids.filter((x) => !span.includes(x)));
		last.current = id;
	};
	const at = useRef(toggle);
	at.current = toggle;
	useKeys(useMemo(() => [{ keys: 'x', says: 'keys.pick', run: () => {
		const id = (document.activeElement as HTMLElement | null)?.closest('.entry')?.querySelector<HTMLElement>('[data-entry]')?.dataset.entry;
		if (id) at.current(id, false);
	} }], []));
	return {
		picks: lines.filter((l) => ids.includes(l.id)), clear: () => set([]),
		of: (l) => ({ picked: ids.includes(l.id), toggle: (range) => toggle(l.id, range) }),
	};
}

/* What can be done with several is loaded once several are chosen. */
function BulkBar(props: { chosen: readonly Line[]; clear: () => void }): JSX.Element | null {
	const [bar, set] = useState<{ Bar: typeof import('./bulk').Bulk } | null>(null);
	useEffect(() => { void import('./bulk').then((m) => set({ Bar: m.Bulk })); }, []);
	return bar && <bar.Bar {...props} />;
}

const KEYS: Binding[] = [
	{ keys: 'j', says: 'keys.next', run: () => move(1) },
	{ keys: 'k', says: 'keys.previous', run: () => move(-1) },
];

export function NowView(): JSX.Element {
	const wall = query.value.has('wall');
	const n = now.value;
	const [chosenId, setChosen] = useState<string | null>(null);
	useKeys(KEYS);
	const lines = n?.incidents ?? [];
	const picks = usePicks(lines);
	const canPick = !wall && lines.length > 1 && may('decide.incident');
	const chosen = lines.find((l) => l.id === chosenId) ?? null;
	const asked = query.value.get('floor');
	/* of an incident that went from floor to floor, where it is by now */
	const floor = asked ?? (chosen?.floors.length ? chosen : lines.find((l) => l.floors.length))?.floors.at(-1) ?? calmFloor();
	const shown = wall ? lines.slice(0, WALL_LINES) : lines;
	const more = (n?.open_total ?? 0) - shown.length;
	const only = !wall && n?.open_total === 1 ? lines[0] : undefined;
	const untaken = lines.filter((l) => !l.taken?.present).length;

	return (
		<div class="now">
			<section class="queue" aria-labelledby="queue-title">
				<header class="queue-head">
					<h1 id="queue-title">{n ? t('now.count', { n: n.open_total }) : t('now.queue')}</h1>
					<p class="queue-sums">
						{untaken > 0 && <span class="not-taken">{t('now.untaken', { n: untaken })}</span>}
						{!!n?.waiting.approvals && <Waits at={only}>{t('now.approvals', { n: n.waiting.approvals })}</Waits>}
						{!!n?.waiting.requests && <Waits at={only}>{t('now.requests', { n: n.waiting.requests })}</Waits>}
					</p>
					{picks.picks.length > 0 && <BulkBar chosen={picks.picks} clear={picks.clear} />}
				</header>
				{!n ? <p class="quiet" aria-busy="true">{t('app.loading')}</p>
					: !lines.length && !n.watches ? <div class="calm"><p><b>{t('now.nothing')}</b><br />{t('now.nothing_says')}</p>{may('configure') && <a class="button primary" href="/setup">{t('view.setup')}</a>}</div>
					: !lines.length ? <div class="calm"><Icon name="check" /><p><b>{t('now.calm')}</b><br />{t('now.calm_says')}</p></div>
					: <ol class="entries">
						{shown.map((l) => (
							<Entry key={l.id} line={l} chosen={l.id === chosenId}
								pick={canPick ? picks.of(l) : null} choose={(byFocus) => {
									setChosen(l.id);
									if (byFocus && asked) ask({ floor: null });
								}} />
						))}
					</ol>}
				{more > 0 && <p class="quiet">{t('now.more', { n: more })}</p>}
			</section>
			{may('see.plans') && <section class="where" aria-label={t('plan.title')}>
				<Floors floor={floor} choose={(id) => ask({ floor: id })} />
				{floor && <Plan floor={floor} lines={lines} chosen={chosen} />}
			</section>}
		</div>
	);
}
