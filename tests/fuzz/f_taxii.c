/* What a reader asks of what is laid out, by TAXII and as a feed: the first line is the accept
 * field, the second the method and the target. Whatever it says, the answer is whole JSON or XML,
 * and nothing leaves that may not. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "conf/conf.h"
#include "exchange/atom.h"
#include "exchange/taxii.h"
#include "xml/doc.h"

enum { ARENA = 1 << 26 };

static const char table[] =
	"recipients: [{id: all, name: All, tlp: clear}]\n"
	"fields:\n"
	"  - {field: sign, widest: clear, to: [all]}\n"
	"  - {field: place, never: true}\n  - {field: asset, never: true}\n"
	"  - {field: address, never: true}\n  - {field: person, never: true}\n"
	"  - {field: technique, never: true}\n  - {field: impact, widest: clear, to: [all]}\n"
	"  - {field: chain, never: true}\n  - {field: step, never: true}\n"
	"  - {field: contact, never: true}\n";
static const char incident[] =
	"{\"kind\":\"incident\",\"id\":\"11111111-1111-8111-8111-111111111111\",\"revision\":2,"
	"\"state\":\"suspected\",\"domain\":\"hybrid\",\"level\":\"high\",\"first\":"
	"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:20:00Z\",\"headline\":{\"threat\":"
	"\"Command\",\"on\":\"AHU 1\"},\"members\":[{\"detection\":"
	"\"22222222-2222-8222-8222-222222222222\",\"title\":\"Commanded by 10.1.0.99\","
	"\"level\":\"high\",\"time\":\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:11:00Z\","
	"\"count\":2,\"on\":\"AHU 1\",\"on_kind\":\"asset\",\"subject\":\"10.1.0.99\",\"where\":"
	"\"Hall\",\"actor\":\"\",\"joined_by\":\"first\",\"with\":\"\",\"with_time\":\"\","
	"\"hops\":0}]}";

static struct lab lab; /* loaded once: it only answers */
static struct ward_sharing sharing;
static struct ward_arena kept;
static struct ward_offer *offer;

static void load(void)
{
	struct ward_offer_past *past;

	WARD_ASSERT(lab_load(&lab, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	ward_arena_init(&kept, ward_mem_heap(), ARENA);
	WARD_ASSERT(ward_sharing_parse(WARD_STR("s"), ward_slice_of(table, sizeof(table) - 1),
			    &lab.lim, &kept, &lab.d, &sharing) == WARD_OK);
	const struct ward_offer_opts o = {.mem = ward_mem_heap(),
		.model = lab.m,
		.sharing = &sharing,
		.how = {.sender = WARD_STR("w@x"), .n_lang = 1}};

	WARD_ASSERT(ward_offer_new(&o, &offer) == WARD_OK);
	WARD_ASSERT(ward_offer_past_new(ward_mem_heap(), &lab.lim, &past) == WARD_OK);
	WARD_ASSERT(ward_offer_past_take(past, ward_str_z(incident), WARD_NS_PER_S) == WARD_OK);
	WARD_ASSERT(ward_offer_refresh(offer, past, WARD_NS_PER_S) == WARD_OK);
	ward_offer_past_free(past);
}

static void check_json(struct ward_slice text, struct ward_arena *a)
{
	struct ward_diag d;
	const struct ward_conf *c;

	ward_diag_init(&d, ward_mem_heap());
	WARD_ASSERT(ward_conf_json(a, &lab.lim, WARD_STR("j"), 1, text, &d, &c) == WARD_OK);
	ward_diag_fini(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_arena a;
	struct ward_str rest = {(const char *)copy, len}, accept, method;
	struct ward_taxii_answer answer;
	const char *type;

	if (!offer)
		load();
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	accept = ward_str_cut(&rest, '\n');
	method = rest.p ? ward_str_cut(&rest, ' ') : WARD_STR("GET");
	if (!rest.p)
		rest = WARD_STR("/taxii2/");
	const struct ward_taxii_reader r = {.hospital = WARD_STR("H"),
		.title = WARD_STR("R"),
		.base = WARD_STR("https://h"),
		.collection = {{1}},
		.offer = offer};
	const struct ward_taxii_ask ask = {method, rest, accept};

	WARD_ASSERT(ward_taxii_answer(&r, &ask, &answer, &w) == WARD_OK);
	WARD_ASSERT(answer.status >= 200 && answer.status < 500);
	check_json(ward_wr_slice(&w), &a);
	WARD_ASSERT(ward_str_find(ward_wr_text(&w), WARD_STR("10.1.0.99")) == SIZE_MAX);
	ward_wr_reset(&w);
	const struct ward_atom_reader f = {.hospital = r.hospital,
		.title = r.title,
		.base = r.base,
		.feed = r.collection,
		.offer = offer};

	if (ward_atom_is(rest) && ward_atom_answer(&f, rest, &type, &w) == WARD_OK) {
		struct ward_xmldoc x = {.mem = ward_mem_heap(), .arena = &a};

		WARD_ASSERT(ward_xmldoc_read(&x, ward_wr_slice(&w)) == WARD_OK);
		ward_xmldoc_fini(&x);
	}
	ward_wr_fini(&w);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
