/* What is read and why, who looked and who decided, and the clocks of the law that run. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { moment, span } from '../format';
import { named, t } from '../i18n';
import { Icon, LevelMark } from '../icons';
import { may, minute, useLive } from '../state';
import type { Level } from '../types';
import { Due, type Clock, type Said } from './law';
import { Beside, Failed, Section, useAsk } from './parts';
import { Pseudonyms } from './pseudonyms';
import { holdSource, Retention } from './retention';
import { Reviews, type Review } from './reviews';
import './state.css';
import './views.css';

interface Look { at: string; row: number; person: string; name: string; role: string; role_name: string; what: string; on: string; on_name: string; why: string; incident: string | null }
interface Privacy {
	sources: { id: string; name: string; kind: string; purpose: string; legal_basis: string; personal_data: boolean; retention_s: number | null }[];
	looks: Look[]; decisions: Look[]; reviews: Review[]; accounts: Look[]; forgotten: number; oldest: string | null;
	ledger: { rows: number; signed: number; at: string; key: string; code: string | null; broken: string | null } | null;
	incidents: { id: string; name: string; where: string; level: Level; state: string; first: string; aware: Said | null; clocks: Clock[] }[];
}

const DAYS = ['1', '7', '30'];
const KINDS = ['looks', 'decisions', 'accounts'] as const;

function Clocks({ of }: { of: Privacy['incidents'] }): JSX.Element {
	const now = minute.value;
	return (
		<Section title={t('pv.clocks')}>
			<p class="quiet">{t('pv.clocks_say')}</p>
			{of.length === 0 && <p>{t('now.calm')}</p>}
			<ul class="list">
				{of.map((i) => (
					<li key={i.id} class="run">
						<h3><span class={`level level-${i.level}`}><LevelMark level={i.level} />{named('level', i.level)}</span>{' '}
							{may('see.incidents') ? <a href={`/incidents/${i.id}`}>{i.name}</a> : i.name} <span class="quiet">{i.where}</span></h3>
						<p class="quiet">{i.aware ? t('pv.known', { at: moment(i.aware.time, now) }) : t('pv.not_known')}
							{may('answer.law') && <> <a href={`/law/${i.id}`}>{t('law.answer')}</a></>}</p>
						<ul class="due">
							{i.clocks.map((c) => <li key={c.id}>{c.name} → {c.to}: {c.state === 'sent' ? named('duty', c.state) : <Due c={c} />}</li>)}
						</ul>
					</li>
				))}
			</ul>
		</Section>
	);
}

/* The head that was signed last, for who keeps it elsewhere. */
function Ledger({ of }: { of: Privacy['ledger'] }): JSX.Element {
	const now = minute.value;
	return (
		<Section title={t('pv.ledger_title')}>
			{!of && <p>{t('pv.ledger_none')}</p>}
			{of?.broken && <p class="warned" role="alert">{t('pv.ledger_broken', { at: moment(of.broken, now) })}</p>}
			{of?.code && <>
				<p>{t('pv.ledger_say', { n: of.signed, at: moment(of.at, now) })}</p>
				<p><code class="head-code">{of.code}</code></p>
				<p class="quiet">{t('pv.ledger_key')} <code class="root">{of.key}</code></p>
				{of.rows > of.signed + 1 && <p class="quiet">{t('pv.ledger_waits', { n: of.rows - of.signed })}</p>}
			</>}
		</Section>
	);
}

const nameOf = (l: Look): string => (l.what === 'configure' || l.what === 'processing') && l.name === 'by hand' ? t('pv.by_hand') : l.name;
const whyOf = (l: Look): string => l.what === 'configure' && l.person === 'by hand' ? '' : l.why;

function On({ l }: { l: Look }): JSX.Element {
	if (l.incident && may('see.incidents')) return <a href={`/incidents/${l.incident}`}>{l.on_name || t('view.incident')}</a>;
	if (l.what === 'processing' && (l.on === 'scope' || l.on === 'dpia')) return <>{t(l.on === 'scope' ? 'prc.widened' : 'no.reopened')}</>;
	if (l.what !== 'configure') return l.on_name !== l.on || !l.on ? <>{l.on_name}</> : <code>{l.on}</code>;
	const version = t('pv.version', { n: l.on });
	return may('configure') ? <a href="/config">{version}</a> : <>{version}</>;
}

function Looks({ title, none, of }: { title: string; none: string; of: Look[] }): JSX.Element {
	return (
		<Section title={title}>
			{of.length === 0 ? <p class="quiet">{none}</p> : (
				<table class="board">
					<thead><tr><th scope="col">{t('pv.when')}</th><th scope="col">{t('pv.who')}</th><th scope="col">{t('pv.what')}</th><th scope="col">{t('pv.why')}</th></tr></thead>
					<tbody>
						{of.map((l) => (
							<tr key={l.row}>
								<td data-label={t('pv.when')}><time dateTime={l.at}>{moment(l.at, minute.value)}</time></td>
								<th scope="row">{nameOf(l)} {l.role_name && <small>{l.role_name}</small>}</th>
								<td data-label={t('pv.what')}>{named('did', l.what)} <On l={l} /></td>
								<td data-label={t('pv.why')}>{whyOf(l)}</td>
							</tr>
						))}
					</tbody>
				</table>
			)}
		</Section>
	);
}

/* That more of people is watched, for a month on top: whoever answers for the staff need not look for it. And that their impact is to
 * be assessed again, until it is. */
function Widened({ of }: { of: Look[] }): JSX.Element | null {
	const assessed = of.reduce((n, l) => l.what === 'assess' ? Math.max(n, l.row) : n, 0);
	const wider = of.filter((l) => l.what === 'processing' && (l.on === 'scope' ? Date.parse(l.at) > minute.value - 30 * 86_400_000 : l.on === 'dpia' && l.row > assessed));
	return wider.length ? (
		<ul class="list">{wider.map((l) => <li key={l.row} class="run"><p role="status"><LevelMark level="high" /> <b><On l={l} /></b> {moment(l.at, minute.value)}: {l.why}{' '}
			<a href={l.on === 'dpia' ? '/notices/dpia' : '/processing'}>{t(l.on === 'dpia' ? 'view.notices' : 'view.processing')}</a></p></li>)}</ul>
	) : null;
}

export function PrivacyView(): JSX.Element {
	const { data: d, problem, reload } = useLive<Privacy>('/privacy');
	const [dialog, ask] = useAsk(reload);
	const [of, setOf] = useState('');
	const [days, setDays] = useState('');
	const [kind, setKind] = useState('');
	if (!d) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const any = !!(of.trim() || days || kind);
	const shown = (k: string) => !kind || k === kind;
	const words = of.trim().toLowerCase();
	const from = days ? minute.value - Number(days) * 86_400_000 : 0;
	const of_these = (all: Look[]) => all.filter((l) => Date.parse(l.at) >= from && `${l.name}\n${l.person}`.toLowerCase().includes(words));
	const sources = [...d.sources].sort((a, b) => Number(b.personal_data) - Number(a.personal_data));
	return (
		<div class="view privacy">
			<header class="view-head"><Beside at="/privacy" /><h1>{t('view.privacy')}</h1>
				<label class="filter"><Icon name="search" /><span class="unseen">{t('pv.of')}</span>
					<input type="search" placeholder={t('pv.of')} value={of} autocomplete="off" spellcheck={false} onInput={(e) => setOf(e.currentTarget.value)} /></label>
				<select aria-label={t('pv.when')} value={days} onChange={(e) => setDays(e.currentTarget.value)}>
					<option value="">{t('pv.ever')}</option>
					{DAYS.map((d) => <option key={d} value={d}>{t('pv.within', { span: span(Number(d) * 86_400_000) })}</option>)}
				</select>
				<select aria-label={t('pv.what')} value={kind} onChange={(e) => setKind(e.currentTarget.value)}>
					<option value="">{t('pv.all')}</option>
					{KINDS.map((k) => <option key={k} value={k}>{t(`pv.${k}`)}</option>)}
				</select>
				{d.oldest && <p class="quiet">{t('pv.oldest', { at: moment(d.oldest, minute.value) })}</p>}</header>
			<Widened of={d.decisions} />
			{!any && <Reviews of={d.reviews} reload={reload} />}
			{!any && may('decide.processing') && <Pseudonyms reload={reload} />}
			{shown('looks') && <Looks title={t('pv.looks')} none={t(any ? 'pv.none_so' : 'pv.no_looks')} of={of_these(d.looks)} />}
			{!any && <Clocks of={d.incidents} />}
			{!any && <Ledger of={d.ledger} />}
			{!any && <Retention />}
			{shown('decisions') && <Looks title={t('pv.decisions')} none={t(any ? 'pv.none_so' : 'pv.no_decisions')} of={of_these(d.decisions)} />}
			{shown('accounts') && <Looks title={t('pv.accounts')} none={t('pv.none_so')} of={of_these(d.accounts)} />}
			{d.forgotten > 0 && <p class="quiet">{t('pv.forgotten', { n: d.forgotten })}</p>}
			{!any && <Section title={t('pv.sources')}>
				<table class="board">
					<thead><tr><th scope="col">{t('pv.source')}</th><th scope="col">{t('pv.purpose')}</th><th scope="col">{t('pv.basis')}</th><th scope="col">{t('pv.kept')}</th></tr></thead>
					<tbody>
						{sources.map((s) => (
							<tr key={s.id}>
								<th scope="row">{s.name} <small>{t(s.personal_data ? 'pv.personal' : 'pv.impersonal')}</small></th>
								<td data-label={t('pv.purpose')}>{s.purpose}</td>
								<td data-label={t('pv.basis')}>{s.legal_basis}</td>
								<td data-label={t('pv.kept')}>{s.retention_s === null ? t('pv.by_room') : span(s.retention_s * 1000)}
									{may('decide.processing') && <> <button type="button" class="button" aria-label={t('ret.ask_hold', { name: s.name })} onClick={() => ask(holdSource(s.id, s.name))}>{t('ret.hold')}</button></>}</td>
							</tr>
						))}
					</tbody>
				</table>
			</Section>}
			{dialog}
		</div>
	);
}
