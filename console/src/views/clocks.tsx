/* The clocks of the law that are open, of all incidents and of requests of persons, by their end. */
import type { JSX } from 'preact';
import { moment, until } from '../format';
import { colon, named, t } from '../i18n';
import { LevelMark } from '../icons';
import { minute, useLive, useMinutely } from '../state';
import type { Level } from '../types';
import { Due, type Clock } from './law';
import { Failed, Section } from './parts';
import './law.css';
import './views.css';

interface Open { incident: string; name: string; where: string; level: Level; end: string | null; clock: Clock }
interface Request { id: string; says: string; ref: string; state: string; received: string; due: string; closed: string | null; late: boolean; extended: boolean }

function Row({ o }: { o: Open }): JSX.Element {
	const c = o.clock;
	return (
		<li class={`law-clock law-${c.state}`}>
			<h3><a href={`/law/${o.incident}`}>{c.name}</a></h3>
			<p>{t('law.to', { who: c.to })}</p>
			<p>{c.state === 'changed' ? <strong>{named('duty', c.state)}{o.end && `${colon()}${t('law.tell_by', { at: moment(o.end, minute.value) })}`}</strong> : <Due c={c} />}
				{c.is === 'likely' && <> <span class="tag">{t('law.likely')}</span></>}</p>
			<p class="quiet"><LevelMark level={o.level} /> {[o.name, o.where].filter(Boolean).join(', ')}</p>
			<p class="quiet">{c.law}{c.mark !== 'confirmed' && <> · {named('mark', c.mark)}</>}</p>
		</li>
	);
}

export function ClocksView(): JSX.Element {
	const { data: d, problem, reload } = useLive<{ clocks: Open[]; left: number; exercise: boolean }>('/clocks');
	useMinutely(reload);
	const { data: p } = useLive<{ requests: Request[] }>('/persons');
	if (!d) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const asked = (p?.requests ?? []).filter((r) => !r.closed);
	const follows = (o: Open) => o.clock.state === 'waits' && !o.clock.worst;
	const now = d.clocks.filter((o) => !follows(o)), later = d.clocks.filter(follows);
	return (
		<div class="view law">
			<header class="view-head"><h1>{t('view.law')}</h1></header>
			{d.exercise && <p class="warned">{t('law.exercise')}</p>}
			<p class="quiet">{t('law.no_advice')}</p>
			<Section title={t('law.open', { n: now.length })}>
				{now.length ? <ul class="law-clocks">{now.map((o) => <Row key={o.incident + o.clock.id} o={o} />)}</ul> : <p>{t('law.none')}</p>}
				{d.left > 0 && <p class="warned">{t('law.left', { n: d.left })}</p>}
			</Section>
			{asked.length > 0 && (
				<Section title={t('law.requests', { n: asked.length })}>
					<ul class="law-clocks">
						{asked.map((r) => (
							<li key={r.id} class={`law-clock law-${r.late ? 'late' : 'runs'}`}>
								<h3>{r.says} {r.ref && <span class="quiet">{r.ref}</span>}</h3>
								<p><strong class={r.late ? 'due-over' : ''}>{r.late && `${t('law.late')} `}{until(r.due, minute.value)} ({moment(r.due, minute.value)})</strong></p>
								<p class="quiet">{t('law.received', { at: moment(r.received, minute.value) })}{r.extended && ` · ${t('law.longer')}`}</p>
								<p class="quiet">GDPR 12(3) · {named('mark', 'unconfirmed')}</p>
							</li>
						))}
					</ul>
				</Section>
			)}
			{later.length > 0 && <details class="part"><summary>{t('law.later', { n: later.length })}</summary><ul class="law-clocks">{later.map((o) => <Row key={o.incident + o.clock.id} o={o} />)}</ul></details>}
		</div>
	);
}
