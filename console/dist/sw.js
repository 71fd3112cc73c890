/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "039454728d4f5aee";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-D4R-u8k3.js","/assets/asset-CVyPPHxq.js","/assets/assets-Kysp3F81.js","/assets/bulk-CMzds5oZ.js","/assets/camera-CROBCGK7.css","/assets/camera-Ctk-jYED.js","/assets/care-FbirN6XY.js","/assets/chance-B8iKb-zH.css","/assets/chance-uuk4DN9Z.js","/assets/config-DHMzTPrX.js","/assets/config-VWLnO5e2.css","/assets/config-iWno3LqQ.js","/assets/crisis-BUPGQSNV.js","/assets/crisis-BdEIb8nO.css","/assets/decide-B5U-60ti.js","/assets/events-DHCJLRzn.js","/assets/evidence-CQXwGqFe.js","/assets/fr-CRK8A5XZ.js","/assets/held-CxXpio3p.js","/assets/incident-zFOuLyh8.js","/assets/index-BH2MKqNj.css","/assets/index-CG2GPUpo.js","/assets/it-QkY4--c_.js","/assets/know-BYcfrR_g.css","/assets/law-CSeYZunU.js","/assets/law-MTdtYK0S.css","/assets/nl-FXcqF_9b.js","/assets/people-Cfynn2kb.js","/assets/prevention-I2xgfAyw.js","/assets/privacy-CLrig_EP.js","/assets/report-Dxk_Yzun.js","/assets/reports-CxgdaZ_Z.js","/assets/sealed-Clvg2XqN.js","/assets/seen-X3cL-rdh.js","/assets/setup-BZZh8aOA.css","/assets/setup-CTWzQfM7.js","/assets/setup-Dupsx01s.js","/assets/signs-DzAAE67G.js","/assets/state-Ds4VuzBS.css","/assets/state-nstrO6k0.js","/assets/views-B8gcOv9G.css","/assets/views-CSBWI3FQ.js","/assets/watch-C2LTy8kB.css","/assets/watch-D2n6YgEq.js","/assets/window-dLPqFrWr.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const cache = await caches.open(STATE);
	await cache.put(request, new Response(await response.blob(), { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	try {
		const response = await fetch(event.request);
		if (response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone()));
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
