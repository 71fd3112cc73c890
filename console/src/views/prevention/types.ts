/* What the API answers that is computed (content/openapi.json: PathsPage, WhatIf, Score, Risk). */
import type { Named } from '../../types';

export interface PathNode extends Named { kind: string }
export interface PathStep { kind: 'attack' | 'rule' | 'group'; to: PathNode; text: string; details: string; lo: number; seen: string }
export interface Plan { lo: number; hi: number; text: string; steps: PathStep[] }
export interface Measure { id: string; on: PathNode; text: string }
export interface Paths {
	service: PathNode; plans: Plan[]; chokes: PathStep[]; measures: Measure[]; notes: string[];
	cost: number; before: number | null; after: number | null;
}
export interface PathsPage { paths: Paths; services: (Named & { criticality: number })[] }
export interface WhatIf { fails: Named[]; losses: (Named & { text: string; why: string })[]; more: number; paths?: Paths }

export interface Score {
	percent: number;
	areas: { area: string; percent: number; asked: number; stated: number; what: string }[];
	answers: { question: string; list: string; file: string; keys: string }[];
	people: { question: string; file: string; keys: string }[];
}
export interface DeviceRisk {
	risk: [number, number]; text: string;
	factors: { factor: string; text: string; reasons: { text: string }[] }[];
	treatments: { text: string }[];
}

export interface Host { first: string; last: string; addresses: string[]; rows: { label: string; value: string; by: string }[]; odd: string[] }
export interface SeenPage { seen: Host | null }
export interface Candidates { how: string; columns: string; items: (Host & { key: string; name: string; what: string; line: string })[]; total: number }
