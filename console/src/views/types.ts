/* What the API answers that only these views read (content/openapi.json, docs/report.schema.json). */
import type { Level, Line, Named } from '../types';

export type Likely = 'unlikely' | 'open' | 'possible' | 'likely' | 'certain';

export interface Sign {
	id: string; level: Level; first: string; last: string; count: number; works?: string; works_until?: string;
	title?: string; rule?: string; asset?: string; on?: string; where?: string; address?: string;
}

export interface CareLoss {
	id: string; service?: string; name?: string; threat?: string; earliest?: string; expected?: string;
	likelihood: [number, number]; likely: Likely; because: string[];
}

export interface StateAt { at: string; state?: string; level: Level }

export type StepKind = 'message' | 'clip' | 'photo' | 'recording' | 'run' | 'action' | 'decision';

export interface Step {
	kind: StepKind; row?: number; at?: string; id?: string; what?: string; state?: string;
	role?: string; on?: string; why?: string; from?: string; to?: string; until?: string;
}

/* A decision that can be taken back by these, or why not. */
export interface TakenBack {
	row: number; what: 'merge' | 'split' | 'dismiss'; with: (Named & { where?: string }) | null; why_not: string | null;
	decisions: { kind: string; subject: string; args?: Record<string, unknown> }[];
}

/* ward.report/1, and what the API adds. */
export interface Incident {
	exercise: boolean; hospital: string; at: string; incident: string; revision: number;
	title?: string; on?: string; level: Level; state?: string; domain?: string;
	first?: string; last?: string;
	first_step?: { role?: string; reach?: string; text: string };
	signs: Sign[]; signs_complete: boolean;
	care: CareLoss[]; care_not_ruled_out: number;
	states: StateAt[]; steps: Step[];
	integrity: { first_row?: number; last_row?: number; rows?: number; root?: string; time?: string; unread_rows: number };
	line: Line; may: string[]; plans: Named[]; undo: TakenBack[];
}

export interface GraphNode {
	id: string; node: string; name: string; kind: string; threat: string; threat_name: string;
	expected?: string | null; likelihood: [number, number]; likely: Likely; service: boolean;
	x: number; y: number; w: number; h: number;
}
export interface GraphEdge { from: string; to: string; why: string; points: [number, number][] }
export interface Graph { width: number; height: number; nodes: GraphNode[]; edges: GraphEdge[] }

/* What has a sign first, in the order of time; several things with the same one are one step. */
export interface TrailStep {
	n: number; nodes: string[]; name: string; address: string; kind: string; title: string; level: Level; at: string;
	lane: number; x: number; y: number; w: number; h: number;
}
export interface Trail {
	width: number; height: number; left_out: number; steps: TrailStep[];
	lanes: { network: string; name: string; others: number; y: number; h: number }[];
}

export interface CareForecast { at: string; state: string; likelihood: [number, number]; why: string; incident: string | null }
export interface CarePlace {
	id: string; name: string; kind: 'ward' | 'service' | 'site'; state: string;
	since?: string | null; cause?: string | null;
	beds: {
		type: string; available: number | null; baseline: number | null;
		entered: { available: number | null; occupied: number | null; at: string } | null;
		counted: { came: number; went: number; since: string | null; last: string } | null;
	}[];
	staff?: number | null; staffing?: string | null; expires?: string | null;
	forecast: CareForecast[]; forecast_more?: number;
}

export interface Asset {
	id: string; name: string; kind: string; class: string; room: string | null; floor: string | null;
	where: string; addresses: string[]; risk?: [number, number];
}
export interface Related extends Named { relation?: string }
export interface AssetPage extends Asset {
	depends_on: Related[]; supports: Related[]; services: Named[]; doors: Named[]; cameras: Named[];
	incidents: Line[]; class_name?: string; vendor?: string; product?: string;
}

export interface Place extends Named { kind: string; parent: string | null }
export interface Model { roles: (Named & { reach?: string })[]; services: Named[]; places: Place[] }

/* What a run of a playbook asks of somebody just then. */
export interface RunStep {
	request: string; role: string; role_name: string; name: string; text: string;
	agrees: boolean; /* asked whether it may be done, not to do it */
	answered_by_people: boolean;
	since?: string | null; due?: string | null;
	questions: Question[]; /* what is said with the answer; the last lines of the text ask them, too */
}
/* choices: of these, by value and word (of `several` any, with blanks between); else what `type` says (`lines`: many).
 * `may`: can be left out. One that is called `about` is what the decision is about. */
export interface Question {
	name: string; type: string; text: string; choices?: readonly (readonly [string, string])[]; may?: boolean; several?: boolean; value?: string;
}
export interface Run {
	id: string; playbook: string; name: string; incident: string | null; role: string; role_name: string;
	state: string; begun?: string | null; last?: string | null; steps: RunStep[];
}

/* A rule's signs on a thing, as far as they could be held back. */
export interface Tuning { rule: string; title: string; on: Named; critical: boolean; signs: number; of_dismissed: number; of_confirmed: number }
export interface Held { id: string; rule: string; title: string; incident: string; on: Named; until: string; why: string; role: string; at: string; held_back: number }

/* What a system can be asked to do about an incident. */
export interface Ability {
	ability: string; does: string; system: string; on: Named; host: string; has_signs: boolean; persons: number; clinical: string; roles: Named[]; lasts_seconds: number;
}

export interface Action {
	id: string; incident: string | null; system: string; does: string; on: Named | null; host: string; state: string; reason: string; by: string;
	effect: { services: { id: string; name: string; likelihood: [number | null, number | null]; in_seconds: number | null }[]; more: number | null; touches: string; unknown: boolean };
	request: Record<string, string>; /* exactly what is sent */
	needs: { two_persons: boolean; clinical: boolean; roles: Named[]; care_roles: Named[] };
	approvals: { event: string; state: string; at: string; role: string; role_name: string; why: string }[];
	lasts_seconds: number | null; expires?: string | null; shown: string; may: string[];
}
