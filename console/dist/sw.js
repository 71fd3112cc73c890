/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "85ed59396692fb37";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-C6lWNRoB.js","/assets/account-oTio1RCA.css","/assets/asset-COrYFV0u.js","/assets/assets-C5c-3PIj.js","/assets/bulk-BoDAGBvT.js","/assets/camera-CROBCGK7.css","/assets/camera-D4UGwcLA.js","/assets/care-LpN1LH5u.js","/assets/chance-B-ZyQ9LY.js","/assets/chance-BOgEQ9UR.css","/assets/clocks-jY7Z0fAP.js","/assets/config-BuMgPK6-.js","/assets/config-DqxmLfhj.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-C54ZDKdF.js","/assets/decide-CYaIZtE6.js","/assets/draft-BtJPsvLS.js","/assets/events-CbChFyhv.js","/assets/evidence-BSATrExs.js","/assets/exercise-TRxbR2BA.js","/assets/fr-DiPDChyS.js","/assets/held-BBVva2uj.js","/assets/incident-CQP9JGJX.css","/assets/incident-rXXYfwbX.js","/assets/index-9cDrP9mB.js","/assets/index-Ca-qRJR-.css","/assets/it-C9csgh9S.js","/assets/kept-ClHcWKwL.js","/assets/know-BYcfrR_g.css","/assets/law-FWytmPbz.css","/assets/law-u7pRACnj.js","/assets/nl-CL_xLueX.js","/assets/notices-O7cFO2TT.js","/assets/people-DPuq33QK.js","/assets/persons-BPzy4-_6.js","/assets/prevention-BrXB7Pxo.js","/assets/privacy-D2MIp0_n.js","/assets/processing-RnMJ9MkX.js","/assets/proof-BsyPEQ2X.js","/assets/proof-Byv68Ueq.css","/assets/register-C8JLV78q.js","/assets/report-dhq-WyoC.js","/assets/reports-D-bTKXmN.js","/assets/sealed-Clvg2XqN.js","/assets/seen-BVfbJa0H.js","/assets/setup-BX11lsKJ.js","/assets/setup-TjWDQnSh.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-CY3Y7Iq2.js","/assets/state-BF30zXUV.css","/assets/state-Bqbp28RR.js","/assets/watch-4qAHqeZX.js","/assets/watch-B4Wfa6Hn.css","/assets/window-BX5b21jl.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

let person = 0; /* how many have left since this worker began: an answer to one of them is not kept */
self.addEventListener('message', (e) => {
	if (e.data !== 'forget') return;
	person++;
	e.waitUntil(caches.delete(STATE));
});

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response, of) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const body = await response.blob(), cache = await caches.open(STATE);
	if (of !== person) return;
	await cache.put(request, new Response(body, { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	const of = person;
	try {
		const response = await fetch(event.request);
		if (of === person && response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone(), of));
		return response;
	} catch (e) {
		const kept = await caches.match(event.request, { cacheName: STATE });
		if (kept) return kept;
		throw e;
	}
}

async function page(event) {
	try {
		return await fetch(event.request, { signal: AbortSignal.timeout(WAIT_MS) });
	} catch (e) {
		const kept = await caches.match('/', { cacheName: SHELL });
		if (kept) return kept;
		throw e;
	}
}

self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin) return;
	if (url.pathname.startsWith('/api/')) {
		if (KEPT.test(url.pathname) && !NEVER.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
