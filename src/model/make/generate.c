#include "model/make/make.h"

#include "base/limit.h"

#include <stdio.h>

enum {
	PAVILION = 250,
	FLOORS = 5,
	ROOMS = 25,
	SERVICES = 10,
	SITE_ASSETS = 12,
	OWN_ASSETS = 4,
	USUAL_MAX = 100000
};
#define FILE_MAX ((size_t)1 << 30)

/* Kinds by their weight: how many of 600 there are in the pilot. */
struct kind {
	const char *class, *network; /* network "": none */
	unsigned weight;
};

static const struct kind asset_kinds[] = {
	{"device.computer.workstation", "it", 56},
	{"device.building.reader", "", 46},
	{"device.medical.infusion", "medical", 43},
	{"device.medical.monitor", "medical", 37},
	{"device.building.sensor.temperature", "", 32},
	{"device.building.fire-detector", "", 30},
	{"device.building.camera", "security", 30},
	{"device.medical.ventilator", "medical", 17},
	{"device.medical.dialysis", "medical", 12},
	{"device.computer.printer", "it", 12},
	{"device.computer.access-point", "it", 12},
	{"device.medical.analyser", "medical", 10},
	{"device.medical.incubator", "medical", 9},
	{"device.medical.defibrillator", "", 8},
	{"device.computer.phone", "it", 8},
	{"device.building.lift", "bms", 6},
	{"device.building.cold-store", "bms", 6},
};

static const struct kind room_kinds[] = {
	{"room.ward", "", 43},
	{"room.office", "", 30},
	{"room.store", "", 24},
	{"room.treatment", "", 17},
	{"room.icu", "", 12},
	{"room.emergency", "", 8},
	{"room.waiting", "", 7},
	{"room.theatre", "", 6},
	{"room.imaging", "", 6},
	{"room.lab", "", 5},
	{"room.dialysis", "", 4},
	{"room.delivery", "", 4},
	{"room.pharmacy", "", 2},
};

static const char *const software_kinds[] = {"ehr", "pacs", "lis", "ris", "pharmacy", "booking",
	"integration", "patient-monitoring", "video", "access-control"};
enum { ACCESS_CONTROL = 9 }; /* of them */
static const char *const service_kinds[SERVICES] = {"emergency", "surgery", "icu", "imaging",
	"laboratory", "ward", "dialysis", "outpatient", "maternity", "pharmacy"};
static const char *const networks[] = {"it", "medical", "bms", "security"};

/* The files, in byte order of their names. */
enum file {
	ASSETS,
	BUFFERS,
	DOORS,
	HOSPITAL,
	LIMITS,
	PROTECTIONS,
	RELATIONS,
	ROOMS_,
	SERVICES_,
	FILES
};
static const char *const file_names[FILES] = {"assets.csv", "buffers.csv", "doors.csv",
	"hospital.yml", "limits.yml", "protections.csv", "relations.csv", "rooms.csv",
	"services.yml"};

struct maker {
	const struct ward_make_ask *ask;
	struct ward_wr w[FILES];
	uint64_t random;
	size_t n_left; /* assets still to be made */
	char own[24];  /* what the name of a plant ends in that each pavilion has for itself */
};

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static unsigned below(struct maker *g, unsigned n)
{
	return n ? (unsigned)(draw(&g->random) % n) : 0;
}

static bool dense(const struct maker *g)
{
	return g->ask->shape == WARD_MAKE_DENSE;
}

static bool dispersed(const struct maker *g)
{
	return g->ask->shape == WARD_MAKE_DISPERSED;
}

/* Which pavilions share the networks of that number. */
static size_t net_of(const struct maker *g, size_t p)
{
	return dense(g) ? 0 : dispersed(g) ? p : p / 2;
}

static bool first_on_net(const struct maker *g, size_t p)
{
	return p == 0 || net_of(g, p) != net_of(g, p - 1);
}

static const struct kind *pick(struct maker *g, const struct kind *kind, size_t n)
{
	unsigned sum = 0, at;

	for (size_t i = 0; i < n; i++)
		sum += kind[i].weight;
	at = below(g, sum);
	while (at >= kind->weight)
		at -= kind++->weight;
	return kind;
}

#define PUT(g, file, ...) ward_wr_printf(&(g)->w[file], __VA_ARGS__)

/* A dense hospital is one building; of a dispersed one each floor stands alone. */
static void make_floors(struct maker *g, size_t n_pavilion)
{
	for (size_t p = 0; p < n_pavilion && (!dense(g) || p == 0); p++)
		for (int f = 0; f < (dispersed(g) ? FLOORS : 1); f++)
			PUT(g, HOSPITAL, "  - {id: b%zu-%d, name: Building %zu-%d, site: site}\n",
				p, f, p, f);
	PUT(g, HOSPITAL, "floors:\n");
	for (size_t p = 0; p < n_pavilion; p++)
		for (int f = 0; f < FLOORS; f++)
			PUT(g, HOSPITAL,
				"  - {id: f%zu-%d, name: Floor %d of %zu, building: b%zu-%d, "
				"level: %d}\n",
				p, f, f, p, dense(g) ? 0 : p, dispersed(g) ? f : 0,
				dispersed(g) ? 0 : f);
}

static void begin(struct maker *g, size_t n_pavilion)
{
	PUT(g, ASSETS, "id,name,class,room,network,criticality\n");
	PUT(g, BUFFERS, "on,kind,lasts\n");
	PUT(g, DOORS, "id,from,to,class\n");
	PUT(g, PROTECTIONS, "id,on,against,degree,scope\n");
	PUT(g, RELATIONS, "from,relation,to\n");
	PUT(g, ROOMS_, "id,name,floor,class\n");
	PUT(g, SERVICES_, "services:\n");
	PUT(g, HOSPITAL,
		"hospital: {id: generated, name: Generated hospital, city: Torino, country: IT, "
		"timezone: Europe/Rome, synthetic: true}\n"
		"sites:\n  - {id: site, name: Site}\nbuildings:\n");
	make_floors(g, n_pavilion);
	PUT(g, HOSPITAL, "networks:\n");
	for (size_t p = 0; p < n_pavilion; p++)
		for (size_t i = 0; first_on_net(g, p) && i < WARD_ARRAY_LEN(networks); i++)
			PUT(g, HOSPITAL,
				"  - {id: net-%s-%zu, name: Network %s %zu, class: network.%s, "
				"cidr: []}\n",
				networks[i], net_of(g, p), networks[i], net_of(g, p), networks[i]);
}

/* What the whole house hangs on. */
static void make_site(struct maker *g)
{
	static const struct {
		const char *id, *class;
	} row[SITE_ASSETS] = {{"grid", "supply.power"},
		{"transformer-1", "device.building.transformer"},
		{"transformer-2", "device.building.transformer"},
		{"switchgear", "device.building.switchgear"},
		{"switchgear-emergency", "device.building.switchgear"},
		{"generator", "device.building.generator"}, {"diesel", "supply.fuel"},
		{"chilled-water", "supply.cooling"}, {"oxygen", "supply.gas.oxygen"},
		{"chiller", "device.building.chiller"}, {"directory", "software.directory"},
		{"server", "device.computer.server"}};

	for (size_t i = 0; i < SITE_ASSETS; i++)
		PUT(g, ASSETS, "%s,%s,%s,,%s,5\n", row[i].id, row[i].id, row[i].class,
			i == SITE_ASSETS - 1 ? "net-it-0" : "");
	g->n_left -= SITE_ASSETS;
	PUT(g, RELATIONS,
		"grid,powers,transformer-1\ngrid,powers,transformer-2\n"
		"transformer-1,powers,switchgear\ntransformer-2,powers,switchgear\n"
		"switchgear,powers,switchgear-emergency\n"
		"generator,powers,switchgear-emergency\ndiesel,supplies,generator\n"
		"switchgear,powers,chiller\nchiller,cools,chilled-water\n"
		"server,hosts,directory\n");
	PUT(g, BUFFERS, "generator,fuel,48h\nchilled-water,thermal,15min\noxygen,tank,4h\n");
}

/* The doors of technical rooms and of some others. */
static bool controlled(int room)
{
	return room == 2 || room % 6 == 1;
}

/* How one comes into the corridor of a floor: from the one below; in a dense hospital also from
 * that of the next pavilion; where buildings are dispersed, from the yard only. */
static void make_entrance(struct maker *g, size_t p, int f)
{
	if (dispersed(g)) {
		if (!p && !f)
			PUT(g, ROOMS_, "yard,Yard,f0-0,room.outside\n");
		PUT(g, DOORS, "d%zu-%d-0,yard,r%zu-%d-0,door.exit\n", p, f, p, f);
		return;
	}
	if (f > 0)
		PUT(g, DOORS, "d%zu-%d-0,r%zu-%d-0,r%zu-%d-0,door.fire\n", p, f, p, f - 1, p, f);
	else
		PUT(g, DOORS, "d%zu-0-0,r0-0-0,r%zu-0-%d,door\n", p, p, p ? 0 : 1);
	if (dense(g) && p > 0)
		PUT(g, DOORS, "dx%zu-%d,r%zu-%d-0,r%zu-%d-0,door.fire\n", p, f, p - 1, f, p, f);
}

static void make_rooms(struct maker *g, size_t p)
{
	for (int f = 0; f < FLOORS; f++) {
		PUT(g, ROOMS_, "r%zu-%d-0,Corridor,f%zu-%d,room.corridor\n", p, f, p, f);
		make_entrance(g, p, f);
		for (int i = 1; i < ROOMS; i++) {
			const struct kind *k = pick(g, room_kinds, WARD_ARRAY_LEN(room_kinds));
			const char *class = i == 1   ? "room.technical.electrical"
					    : i == 2 ? "room.technical.plantroom"
						     : k->class;

			PUT(g, ROOMS_, "r%zu-%d-%d,Room %d,f%zu-%d,%s\n", p, f, i, i, p, f, class);
			PUT(g, DOORS, "d%zu-%d-%d,r%zu-%d-0,r%zu-%d-%d,%s\n", p, f, i, p, f, p, f,
				i, controlled(i) ? "door.controlled" : "door");
			if (dense(g) && i > 3)
				PUT(g, DOORS, "dn%zu-%d-%d,r%zu-%d-%d,r%zu-%d-%d,door\n", p, f, i,
					p, f, i - 1, p, f, i);
			if (i % 4 == 3)
				PUT(g, PROTECTIONS,
					"pr%zu-%d-%d,r%zu-%d-%d,access.intrusion,0.2,guard\n", p, f,
					i, p, f, i);
		}
	}
}

/* One asset of the pavilion, in room 1 or 2 of its floor. */
static void plant(
	struct maker *g, size_t p, const char *id, int f, const char *class, const char *network)
{
	char net[32] = "";

	if (*network)
		(void)snprintf(net, sizeof(net), "net-%s-%zu", network, net_of(g, p));
	PUT(g, ASSETS, "%s%zu-%d,%s %zu-%d,%s,r%zu-%d-%d,%s,5\n", id, p, f, id, p, f, class, p, f,
		1 + f % 2, net);
	g->n_left--;
}

/* Power, cold and control of one floor. */
static void make_floor(struct maker *g, size_t p, int f)
{
	plant(g, p, "board", f, "device.building.distribution", "");
	plant(g, p, "ahu", f, "device.building.ahu", "bms");
	plant(g, p, "controller", f, "device.building.controller", "bms");
	plant(g, p, "switch", f, "device.computer.switch", networks[f % 4]);
	plant(g, p, "door-controller", f, "device.building.door-controller", "security");
	plant(g, p, "server", f, "device.computer.server", "it");
	PUT(g, RELATIONS,
		"switchgear%s,powers,board%zu-%d\nswitchgear-emergency,powers,board%zu-%d\n"
		"board%zu-%d,powers,ahu%zu-%d\nboard%zu-%d,powers,switch%zu-%d\n"
		"chilled-water%s,cools,ahu%zu-%d\ncontroller%zu-%d,controls,ahu%zu-%d\n"
		"supervisor%zu-0,controls,ahu%zu-%d\nsupervisor%zu-0,controls,controller%zu-%d\n"
		"switch%zu-%d,supplies,net-%s-%zu\nsoftware%zu-%d,controls,door-controller%zu-%d\n",
		g->own, p, f, p, f, p, f, p, f, p, f, p, f, g->own, p, f, p, f, p, f, p, p, f, p, p,
		f, p, f, networks[f % 4], net_of(g, p), p, ACCESS_CONTROL, p, f);
	for (int i = 1; i < ROOMS; i++) {
		if (i % 3)
			PUT(g, RELATIONS, "board%zu-%d,powers,r%zu-%d-%d\n", p, f, p, f, i);
		if (i % 6 == 1)
			PUT(g, RELATIONS, "ups%zu-%d,powers,r%zu-%d-%d\n", p, f % 2, p, f, i);
		if (i % 2)
			PUT(g, RELATIONS, "ahu%zu-%d,cools,r%zu-%d-%d\n", p, f, p, f, i);
		if (controlled(i))
			PUT(g, RELATIONS, "door-controller%zu-%d,controls,d%zu-%d-%d\n", p, f, p, f,
				i);
		if (i % 8 == 5)
			PUT(g, BUFFERS, "r%zu-%d-%d,thermal,%umin\n", p, f, i, 10 + below(g, 21));
		if (i % 8 == 5)
			PUT(g, RELATIONS, "oxygen%s,supplies,r%zu-%d-%d\n", g->own, p, f, i);
	}
}

/* Switchgear, cold and oxygen of one pavilion alone. */
static void make_own(struct maker *g, size_t p)
{
	g->own[0] = '\0';
	if (!dispersed(g))
		return;
	(void)snprintf(g->own, sizeof(g->own), "-%zu", p);
	PUT(g, ASSETS,
		"switchgear-%zu,Switchgear %zu,device.building.switchgear,,,5\n"
		"chiller-%zu,Chiller %zu,device.building.chiller,,,5\n"
		"chilled-water-%zu,Chilled water %zu,supply.cooling,,,5\n"
		"oxygen-%zu,Oxygen %zu,supply.gas.oxygen,,,5\n",
		p, p, p, p, p, p, p, p);
	PUT(g, RELATIONS,
		"switchgear,powers,switchgear-%zu\nswitchgear-%zu,powers,chiller-%zu\n"
		"chiller-%zu,cools,chilled-water-%zu\n",
		p, p, p, p, p);
	PUT(g, BUFFERS, "chilled-water-%zu,thermal,15min\noxygen-%zu,tank,4h\n", p, p);
	g->n_left -= OWN_ASSETS;
}

static void make_plant(struct maker *g, size_t p)
{
	make_own(g, p);
	plant(g, p, "supervisor", 0, "device.building.supervisor", "bms");
	for (int i = 0; i < 2; i++) {
		plant(g, p, "ups", i, "device.building.ups", "");
		PUT(g, RELATIONS, "board%zu-%d,powers,ups%zu-%d\n", p, i, p, i);
		PUT(g, BUFFERS, "ups%zu-%d,ups,30min\n", p, i);
	}
	for (int f = 0; f < FLOORS; f++)
		make_floor(g, p, f);
	for (int i = 0; i < (int)WARD_ARRAY_LEN(software_kinds); i++) {
		PUT(g, ASSETS, "software%zu-%d,Software %zu-%d,software.%s,,,4\n", p, i, p, i,
			software_kinds[i]);
		PUT(g, RELATIONS, "server%zu-%d,hosts,software%zu-%d\n", p, i % FLOORS, p, i);
		PUT(g, RELATIONS, "directory,supplies,software%zu-%d\n", p, i);
		g->n_left--;
	}
	for (size_t i = 0; p > 0 && first_on_net(g, p) && i < WARD_ARRAY_LEN(networks); i++)
		PUT(g, RELATIONS, "net-%s-0,connects,net-%s-%zu\n", networks[i], networks[i],
			net_of(g, p));
}

/* Asset i of the pavilion: of any kind, in any room. Sensors, readers and the like watch it. */
static void make_asset(struct maker *g, size_t p, unsigned i)
{
	const struct kind *k = pick(g, asset_kinds, WARD_ARRAY_LEN(asset_kinds));
	unsigned f = below(g, FLOORS), r = 3 + below(g, ROOMS - 3);
	char net[32] = "";

	if (*k->network)
		(void)snprintf(net, sizeof(net), "net-%s-%zu", k->network, net_of(g, p));
	PUT(g, ASSETS, "a%zu-%u,Asset %zu-%u,%s,r%zu-%u-%u,%s,%u\n", p, i, p, i, k->class, p, f, r,
		net, 1 + below(g, 5));
	if (strcmp(k->class, "device.building.reader") == 0)
		PUT(g, RELATIONS, "a%zu-%u,monitors,d%zu-%u-%u\n", p, i, p, f, r);
	else if (!*k->network || strcmp(k->network, "security") == 0)
		PUT(g, RELATIONS, "a%zu-%u,monitors,r%zu-%u-%u\n", p, i, p, f, r);
	g->n_left--;
}

/* Service s of the pavilion: half a floor of rooms, some devices, software, cold, and often the
 * service before it. */
static void make_service(struct maker *g, size_t p, unsigned s, unsigned n_asset)
{
	unsigned f = s % FLOORS, from = s < FLOORS ? 3 : 14;

	PUT(g, SERVICES_,
		"  - id: service%zu-%u\n    name: Service %zu-%u\n    class: service.care.%s\n"
		"    beds: 10\n    staff: 20\n    patients: 9\n    criticality: 4\n"
		"    weight: 2.0\n    rooms: [",
		p, s, p, s, service_kinds[s]);
	for (unsigned i = 0; i < 8; i++)
		PUT(g, SERVICES_, "%sr%zu-%u-%u", i ? ", " : "", p, f, from + i);
	PUT(g, SERVICES_, "]\n    requires:\n      - {name: rooms, need: 4, of: [");
	for (unsigned i = 0; i < 8; i++)
		PUT(g, SERVICES_, "%sr%zu-%u-%u", i ? ", " : "", p, f, from + i);
	PUT(g, SERVICES_, "]}\n      - {name: devices, need: 4, of: [");
	for (unsigned i = 0, a = below(g, n_asset - 8); i < 8; i++)
		PUT(g, SERVICES_, "%sa%zu-%u", i ? ", " : "", p, a + i);
	PUT(g, SERVICES_,
		"]}\n      - {name: oxygen, of: [oxygen%s]}\n"
		"      - {name: air, of: [ahu%zu-%u], buffer: 15min}\n"
		"      - {name: software, of: [software%zu-%u], buffer: 30min}\n"
		"      - {name: record, of: [software%zu-0], buffer: 2h}\n",
		g->own, p, f, p, s, p);
	if (s % 2)
		PUT(g, SERVICES_, "      - {name: other, of: [service%zu-%u], buffer: 1h}\n", p,
			s - 1);
}

static void make(struct maker *g, size_t n_pavilion)
{
	begin(g, n_pavilion);
	make_site(g);
	for (size_t p = 0; p < n_pavilion; p++) {
		size_t share = g->n_left / (n_pavilion - p), before = g->n_left;
		unsigned n = 0;

		make_rooms(g, p);
		make_plant(g, p);
		while (before - g->n_left < share)
			make_asset(g, p, n++);
		for (unsigned s = 0; s < SERVICES; s++)
			make_service(g, p, s, n);
	}
}

/* Beyond that the usual limits of a directory are too small. */
static void raise_limits(struct maker *g)
{
	static const enum ward_limit large[] = {WARD_LIMIT_CONF_BYTES, WARD_LIMIT_CONF_NODES,
		WARD_LIMIT_MODEL_BYTES, WARD_LIMIT_MODEL_NODES, WARD_LIMIT_MODEL_RELATIONS};

	if (g->ask->n_asset <= USUAL_MAX)
		return;
	PUT(g, LIMITS, "limits:\n");
	for (size_t i = 0; i < WARD_ARRAY_LEN(large); i++) {
		const struct ward_limit_info *info = ward_limit_info(large[i]);

		PUT(g, LIMITS, "  %s: %llu\n", info->name, (unsigned long long)info->max);
	}
}

static enum ward_err give(struct maker *g, const struct ward_mem *mem, struct ward_make_files *ret)
{
	enum ward_err err = WARD_OK;

	ret->mem = mem;
	for (size_t i = 0; i < FILES; i++) {
		if (ward_wr_bad(&g->w[i]))
			err = WARD_ERR_NOMEM;
		if (!g->w[i].len) {
			ward_wr_fini(&g->w[i]);
			continue;
		}
		ret->file[ret->n].name = ward_str_z(file_names[i]);
		ret->file[ret->n++].text = g->w[i];
	}
	if (err)
		ward_make_files_fini(ret);
	return err;
}

enum ward_err ward_make_hospital(
	const struct ward_make_ask *ask, const struct ward_mem *mem, struct ward_make_files *ret)
{
	struct maker g = {.ask = ask, .random = ask->seed, .n_left = ask->n_asset};

	*ret = (struct ward_make_files){.n = 0};
	if (ask->n_asset < WARD_MAKE_ASSETS_MIN || ask->n_asset > WARD_MAKE_ASSETS_MAX)
		return WARD_ERR_LIMIT;
	for (size_t i = 0; i < FILES; i++)
		g.w[i] = ward_wr_grow(mem, FILE_MAX);
	raise_limits(&g);
	make(&g, ask->n_asset / PAVILION);
	return give(&g, mem, ret);
}
