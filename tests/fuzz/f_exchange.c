/* Lines of records, from outside: whatever they say, each format is well-formed, says no person,
 * and of two runs the same. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "conf/conf.h"
#include "exchange/format.h"
#include "exchange/share.h"
#include "xml/doc.h"

enum { RECORDS = 64, ARENA = 1 << 26 };

typedef enum ward_err (*writer)(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
static const struct {
	writer write;
	bool xml, json;
} formats[] = {
	{ward_exchange_cap, true, false},
	{ward_exchange_de, true, false},
	{ward_exchange_idmef, false, true},
	{ward_exchange_misp, false, true},
	{ward_exchange_stix, false, true},
	{ward_exchange_ocsf, false, true},
	{ward_exchange_ecs, false, true},
	{ward_exchange_cef, false, false},
	{ward_exchange_syslog, false, false},
};
static const char table[] =
	"recipients: [{id: own, name: Own, tlp: red}, {id: all, name: All, tlp: clear}]\n"
	"fields:\n"
	"  - {field: sign, widest: clear, to: [own, all]}\n"
	"  - {field: place, widest: red, to: [own]}\n  - {field: asset, widest: red, to: [own]}\n"
	"  - {field: address, widest: red, to: [own]}\n  - {field: person, never: true}\n"
	"  - {field: technique, widest: red, to: [own]}\n"
	"  - {field: impact, widest: clear, to: [own, all]}\n"
	"  - {field: chain, widest: red, to: [own]}\n  - {field: step, widest: red, to: [own]}\n"
	"  - {field: contact, widest: red, to: [own]}\n";

static struct lab lab; /* loaded once: it only answers */
static struct ward_sharing sharing;
static struct ward_arena kept; /* of the table */
static struct ward_record_reader *reader;

static void load(void)
{
	WARD_ASSERT(lab_load(&lab, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	ward_arena_init(&kept, ward_mem_heap(), ARENA);
	WARD_ASSERT(ward_record_reader_new(ward_mem_heap(), &lab.lim, &reader) == WARD_OK);
	WARD_ASSERT(ward_sharing_parse(WARD_STR("s"), ward_slice_of(table, sizeof(table) - 1),
			    &lab.lim, &kept, &lab.d, &sharing) == WARD_OK);
}

static size_t read_records(struct ward_str text, struct ward_arena *a,
	struct ward_record record[RECORDS], const struct ward_record *all[RECORDS])
{
	size_t n = 0;

	while (text.p && n < RECORDS) {
		struct ward_str line = ward_str_cut(&text, '\n');

		if (ward_record_read(reader, line, a, &record[n]) != WARD_OK ||
			record[n].kind == WARD_RECORD_OTHER)
			continue;
		all[n] = &record[n];
		n++;
	}
	return n;
}

/* "p-" and sixteen characters of a token, as a word of its own. */
static bool has_person(struct ward_str s)
{
	enum { TOKEN = 16 };

	for (size_t i = 1; i + 2 + TOKEN <= s.len; i++) {
		size_t n = 0;

		if (s.p[i] != 'p' || s.p[i + 1] != '-' || !strchr(" \">(", s.p[i - 1]))
			continue;
		while (n < TOKEN && strchr("abcdefghijklmnopqrstuvwxyz234567", s.p[i + 2 + n]) &&
			s.p[i + 2 + n])
			n++;
		if (n == TOKEN)
			return true;
	}
	return false;
}

/* Each line is JSON, or all is XML; all is UTF-8. */
static void judge(size_t f, struct ward_wr *w, struct ward_arena *a)
{
	struct ward_str rest = ward_wr_text(w);
	struct ward_xmldoc x = {.mem = ward_mem_heap(), .arena = a};
	const struct ward_conf *c;

	WARD_ASSERT(ward_utf8_valid(ward_wr_slice(w), NULL));
	WARD_ASSERT(!has_person(ward_wr_text(w)));
	if (formats[f].xml) {
		enum ward_err err = ward_xmldoc_read(&x, ward_wr_slice(w));

		WARD_ASSERT(err == WARD_OK || err == WARD_ERR_LIMIT);
		ward_xmldoc_fini(&x);
	}
	while (formats[f].json && rest.p) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (line.len)
			WARD_ASSERT(ward_conf_json(a, &lab.lim, WARD_STR("o"), 1,
					    ward_str_bytes(line), &lab.d, &c) == WARD_OK);
	}
}

static void tell(const struct ward_record *const *all, size_t n, const char *to, bool exercise)
{
	static const struct ward_exchange_how how = {{"ward@h.example", 14}, {NULL}, 1};
	const struct ward_exchange_ask ask = {lab.m, all, n, 0, false, exercise, NULL, 0, exercise};
	const struct ward_share_ask share = {ward_str_z(to), {NULL, 0}, {NULL, 0}};

	for (size_t f = 0; f < WARD_ARRAY_LEN(formats); f++) {
		struct ward_shared did = {.mem = ward_mem_heap()};
		struct ward_exchange x;
		struct ward_arena a;
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), ARENA);

		ward_arena_init(&a, ward_mem_heap(), ARENA);
		WARD_ASSERT(ward_exchange_gather(&ask, &a, &x) == WARD_OK);
		WARD_ASSERT(
			ward_share(&sharing, &share, &x, ward_mem_heap(), &lab.d, &did) == WARD_OK);
		enum ward_err err = formats[f].write(&x, &how, &w);

		WARD_ASSERT(err == WARD_OK || (f == 0 && err == WARD_ERR_LIMIT));
		if (!err)
			judge(f, &w, &a);
		ward_wr_reset(&w);
		ward_shared_write(&sharing, &did, &x, NULL, &w);
		ward_shared_fini(&did);
		ward_wr_fini(&w);
		ward_arena_fini(&a);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ward_record record[RECORDS];
	const struct ward_record *all[RECORDS];
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_arena a;

	if (!lab.m)
		load();
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	size_t n = read_records(ward_slice_text(ward_slice_of(copy, len)), &a, record, all);

	tell(all, n, "own", true);
	tell(all, n, "all", false);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
