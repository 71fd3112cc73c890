#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct ward_slice bytes(const char *z)
{
	return ward_str_bytes(ward_str_z(z));
}

static const struct ward_import_item *item(const struct import_lab *l, const char *id)
{
	size_t n;
	const struct ward_import_item *it = ward_merge_items(l->merge, &n);

	for (size_t i = 0; i < n; i++)
		if (ward_str_eqz(it[i].id, id))
			return &it[i];
	fail_msg("no item of '%s'", id);
	return NULL;
}

static void read_csv(struct import_lab *l, const char *text, const char *accept)
{
	assert_int_equal(import_lab_read(l, WARD_IMPORT_CSV, "list.csv", bytes(text)), WARD_OK);
	assert_int_equal(import_lab_merge(l, "list", accept), WARD_OK);
}

/* One cell is edited; every other byte of the file that people keep stays. */
static void one_cell(void **state)
{
	struct import_lab l;
	char want[1024];
	struct ward_wr w = ward_wr_fixed(want, sizeof(want));
	struct ward_str old = ward_str_z(import_lab_assets), ip = WARD_STR("10.3.0.5");
	size_t at = ward_str_find(old, ip);

	(void)state;
	import_lab_open(&l, NULL, NULL);
	read_csv(&l, "id,name,mac,ip\nx-9,Something else,00-1B-63-84-45-E6,10.3.0.77\n", NULL);
	const struct ward_import_item *it = item(&l, "pump-1");

	assert_int_equal(it->what, WARD_IMPORT_CHANGED);
	assert_int_equal(it->cell, WARD_CELL_IP);
	assert_true(ward_str_eq(it->old, ip));
	assert_int_equal(import_lab_count(&l, WARD_IMPORT_ADDED), 0);
	ward_wr_str(&w, ward_str_sub(old, 0, at));
	ward_wr_z(&w, "10.3.0.77");
	ward_wr_str(&w, ward_str_sub(old, at + ip.len, old.len));
	assert_true(ward_str_eq(import_lab_file(&l, "assets-hand.csv"), ward_wr_text(&w)));
	assert_int_equal(import_lab_apply(&l), WARD_OK);
	import_lab_close(&l);
}

/* A class that is more special is taken over, one that contradicts is a conflict until accepted. */
static void classes(void **state)
{
	const char *text = "id,name,class,keys\nvent-1,V,device.medical.ventilator,\n"
			   "b,B,device.medical.monitor,serial:S-1\n";

	(void)state;
	for (unsigned pass = 0; pass < 2; pass++) {
		struct import_lab l;

		import_lab_open(&l, NULL, NULL);
		read_csv(&l, text, pass ? "pump-1" : NULL);
		assert_int_equal(item(&l, "vent-1")->what, WARD_IMPORT_CHANGED);
		assert_int_equal(item(&l, "pump-1")->what, WARD_IMPORT_CONFLICT);
		struct ward_str file = import_lab_file(&l, "assets-hand.csv");

		assert_true(ward_str_find(file, WARD_STR("device.medical.ventilator")) != SIZE_MAX);
		assert_int_equal(
			ward_str_find(file, WARD_STR("device.medical.monitor")) != SIZE_MAX, pass);
		assert_int_equal(import_lab_apply(&l), WARD_OK);
		import_lab_close(&l);
	}
}

/* Two keys that are two assets', keys that come twice, a name alone: nothing is done in silence. */
static void doubts(void **state)
{
	struct import_lab l;

	(void)state;
	import_lab_open(&l, NULL, NULL);
	read_csv(&l,
		"id,name,class,room,mac,keys,network,ip\n"
		"two,Two,device,,00:1b:63:84:45:e6,host:vent-1,,\n"
		"a,A,device,,02:00:00:00:00:01,,,\nb,B,device,,02:00:00:00:00:01,,,\n"
		"c,Pump one,device,,,,,\n"
		"d,pump ONE,device,store,,,,\n"
		"e,E,device,,,,net-med,192.0.2.1\n"
		"f,F,device,nowhere,nonsense,reader:,,999.1.1.1\n",
		NULL);
	assert_int_equal(item(&l, "two")->what, WARD_IMPORT_CONFLICT);
	assert_int_equal(item(&l, "a")->what, WARD_IMPORT_ADDED);
	assert_int_equal(item(&l, "b")->what, WARD_IMPORT_CONFLICT);
	assert_int_equal(item(&l, "c")->what, WARD_IMPORT_HELD);
	assert_int_equal(item(&l, "d")->what, WARD_IMPORT_ADDED); /* it stands elsewhere */
	assert_int_equal(item(&l, "e")->what, WARD_IMPORT_CONFLICT);
	assert_int_equal(item(&l, "f")->what, WARD_IMPORT_ADDED);
	import_lab_close(&l);
}

/* By name and place it is the same thing. */
static void name_and_place(void **state)
{
	struct import_lab l;

	(void)state;
	import_lab_open(&l, NULL, NULL);
	read_csv(&l, "name,room,vendor\nPUMP ONE,icu-1,Acme\nVentilator,icu-1,Breathe\n", NULL);
	assert_int_equal(ward_merge_n_same(l.merge), 1);
	assert_int_equal(item(&l, "vent-1")->cell, WARD_CELL_VENDOR);
	assert_int_equal(import_lab_count(&l, WARD_IMPORT_ADDED), 0);
	import_lab_close(&l);
}

static void says(struct ward_wr *w, const char *text)
{
	if (ward_str_find(ward_wr_text(w), ward_str_z(text)) == SIZE_MAX)
		fail_msg("not said: %s in %.*s", text, WARD_STR_ARG(ward_wr_text(w)));
}

/* A relation of which an end is nowhere is left out, counted and told; one that waits for what is
 * held back says so. */
static void lost_relations(void **state)
{
	const char *graph =
		"@prefix b: <https://brickschema.org/schema/Brick#> . @prefix : <u:x#> .\n"
		":A a b:Chiller ; b:feeds :B , :Nowhere .\n:B a b:AHU ; b:feeds :Gone .\n";
	const char *parts = "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\n"
			    "\"components\":[{\"type\":\"device\",\"bom-ref\":\"m\",\"name\":"
			    "\"Pump one\",\n"
			    "\"components\":[{\"type\":\"firmware\",\"bom-ref\":\"fw\",\"name\":"
			    "\"fw\",\"version\":\"2\"}]}]}";
	const char *aside =
		"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[\n"
		"{\"type\":\"device\",\"bom-ref\":\"k\",\"name\":\"M7\",\"properties\":[{\"name\":"
		"\"ward:mac\",\"value\":\"02:00:00:00:00:09\"}]},"
		"{\"type\":\"device\",\"bom-ref\":\"m\",\"name\":\"M8\",\"properties\":[{\"name\":"
		"\"ward:mac\",\"value\":\"02:00:00:00:00:09\"}],\n"
		"\"components\":[{\"type\":\"firmware\",\"bom-ref\":\"fw\",\"name\":\"fw\","
		"\"version\":\"2\"}]}]}";
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct import_lab l;

	(void)state;
	import_lab_open(&l, NULL, NULL);
	assert_int_equal(import_lab_read(&l, WARD_IMPORT_RDF, "x.ttl", bytes(graph)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "bms", NULL), WARD_OK);
	ward_merge_write_text(l.merge, &w);
	says(&w, "; 1 new relations\n");
	says(&w, "relation with an end that is not taken over 2\n");
	import_lab_close(&l);
	ward_wr_reset(&w);
	import_lab_open(&l, NULL, NULL);
	assert_int_equal(
		import_lab_read(&l, WARD_IMPORT_CYCLONEDX, "b.json", bytes(parts)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "bom", NULL), WARD_OK);
	ward_merge_write_text(l.merge, &w);
	says(&w, "+ m hosts fw: only with 'm', which is held back  [b.json:3]\n");
	says(&w, "; 1 new relations, 1 of them only with what is held back\n");
	import_lab_close(&l);
	ward_wr_reset(&w);
	import_lab_open(&l, NULL, NULL);
	assert_int_equal(
		import_lab_read(&l, WARD_IMPORT_CYCLONEDX, "b.json", bytes(aside)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "bom", NULL), WARD_OK);
	ward_merge_write_text(l.merge, &w);
	says(&w, "is not taken over: 1\n  m hosts fw  [b.json:3]\n");
	ward_wr_reset(&w);
	ward_merge_write_json(l.merge, &w);
	says(&w, "{\"kind\":\"relation_lost\",\"from\":\"m\",\"relation\":\"hosts\",\"to\":"
		 "\"fw\",\"file\":\"b.json\",\"line\":3}");
	says(&w, "\"relations_lost\":1}");
	ward_wr_fini(&w);
	import_lab_close(&l);
}

/* A room is meant by its id or by a name that only it has, in whatever case; what means nothing is
 * left out, counted and told, and the rest of the row is taken over. Spreadsheets part cells by
 * semicolons. */
static void rooms_by_name(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct import_lab l;

	(void)state;
	import_lab_open(&l, "beside.yml",
		"rooms:\n  - {id: r-8, name: Twin, floor: ground, class: room.store}\n"
		"  - {id: r-9, name: Twin, floor: ground, class: room.store}\n"
		"  - {id: r-7, name: Bay 7, floor: ground, class: room.icu}\n");
	read_csv(&l,
		"\xef\xbb\xbfid;name;class;room\r\nn-1;\"One; or more\";device;bay 7\r\n"
		"n-2;Two;device;Nowhere\r\nn-3;Three;device;twin\r\nn-4;Four;device;icu-1\r\n",
		NULL);
	assert_true(ward_str_starts(import_lab_file(&l, "assets-import-list.csv"),
		WARD_STR("id,name,class,room,network,ip,mac,keys,vendor,model,criticality\n"
			 "n-1,One; or more,device,r-7,,,,,,,\n"
			 "n-2,Two,device,,,,,,,,\nn-3,Three,device,,,,,,,,\n"
			 "n-4,Four,device,icu-1,")));
	ward_merge_write_text(l.merge, &w);
	says(&w, "+ n-1 \"One; or more\" (device) in r-7  [list.csv:2]\n");
	says(&w, "only one such name: 2\n  n-2: room Nowhere  [list.csv:3]\n"
		 "  n-3: room twin, which several are called  [list.csv:4]\n");
	ward_wr_reset(&w);
	ward_merge_write_json(l.merge, &w);
	says(&w, "{\"kind\":\"cell_lost\",\"ref\":\"n-2\",\"cell\":\"room\",\"text\":"
		 "\"Nowhere\",\"several\":false,\"file\":\"list.csv\",\"line\":3}");
	says(&w, "\"passed_over\":{\"room that nothing is called\":1,\"room that several are "
		 "called\":1}");
	ward_wr_fini(&w);
	assert_int_equal(import_lab_apply(&l), WARD_OK);
	import_lab_close(&l);
}

/* CycloneDX has no class: it is guessed by words, in the languages of its readers, and marked. */
static void guessed_classes(void **state)
{
	static const char text[] =
		"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[\n"
		"{\"type\":\"device\",\"bom-ref\":\"p\",\"name\":\"X1\",\"description\":"
		"\"Syringe pump\"},\n"
		"{\"type\":\"device\",\"bom-ref\":\"v\",\"name\":\"Ventilatore polmonare 3\"},\n"
		"{\"type\":\"device\",\"bom-ref\":\"w\",\"name\":\"Widget\"}]}";
	struct import_lab l;

	(void)state;
	import_lab_open(&l, NULL, NULL);
	assert_int_equal(
		import_lab_read(&l, WARD_IMPORT_CYCLONEDX, "b.json", bytes(text)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "bom", NULL), WARD_OK);
	struct ward_str file = import_lab_file(&l, "assets-import-bom.csv");

	assert_true(ward_str_find(file, WARD_STR("p,Syringe pump,device.medical.infusion,")) !=
		    SIZE_MAX);
	assert_true(ward_str_find(file, WARD_STR("3,device.medical.ventilator,")) != SIZE_MAX);
	assert_true(ward_str_find(file, WARD_STR("w,Widget,device,")) != SIZE_MAX);
	assert_true(ward_str_find(import_lab_file(&l, "facts-import-bom.csv"),
			    WARD_STR("p,class,")) != SIZE_MAX);
	import_lab_close(&l);
}

/* What a source called a thing is known the next time; what it no longer names is gone, not lost.
 */
static void again(void **state)
{
	struct import_lab l;
	const char *first =
		"@prefix b: <https://brickschema.org/schema/Brick#> . @prefix : <u:x#> .\n"
		":A a b:Chiller ; b:feeds :B . :B a b:AHU . :R a b:Room .";
	const char *second =
		"@prefix b: <https://brickschema.org/schema/Brick#> . @prefix : <u:x#> .\n"
		"@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
		":A a b:Chiller ; rdfs:label 'Chiller, big' . :R a b:Room .";

	(void)state;
	import_lab_open(&l, NULL, NULL);
	assert_int_equal(import_lab_read(&l, WARD_IMPORT_RDF, "x.ttl", bytes(first)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "bms", NULL), WARD_OK);
	assert_int_equal(import_lab_count(&l, WARD_IMPORT_ADDED), 3);
	assert_true(ward_str_eqz(
		import_lab_file(&l, "relations-import-bms.csv"), "from,relation,to\na,cools,b\n"));
	assert_int_equal(import_lab_apply(&l), WARD_OK);
	assert_int_equal(import_lab_read(&l, WARD_IMPORT_RDF, "x.ttl", bytes(first)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "bms", NULL), WARD_OK);
	assert_int_equal(ward_merge_n_same(l.merge), 3);
	assert_int_equal(import_lab_apply(&l), WARD_OK);
	assert_int_equal(import_lab_read(&l, WARD_IMPORT_RDF, "x.ttl", bytes(second)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "bms", NULL), WARD_OK);
	assert_int_equal(item(&l, "b")->what, WARD_IMPORT_GONE);
	assert_int_equal(item(&l, "a")->cell, WARD_CELL_NAME);
	assert_true(ward_str_find(import_lab_file(&l, "assets-import-bms.csv"),
			    WARD_STR("a,\"Chiller, big\",")) != SIZE_MAX);
	assert_int_equal(import_lab_apply(&l), WARD_OK);
	import_lab_close(&l);
}

/* FHIR: places and devices; of patients nothing is looked at. */
static void fhir(void **state)
{
	struct import_lab l;
	const char *text =
		"{\"resourceType\":\"Bundle\",\"entry\":[\n"
		"{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":"
		"\"Rossi\"}]}},\n"
		"{\"resource\":{\"resourceType\":\"Location\",\"id\":\"bu\",\"name\":\"Block "
		"B\",\"physicalType\":{\"coding\":[{\"code\":\"bu\"}]}}},\n"
		"{\"resource\":{\"resourceType\":\"Location\",\"id\":\"l1\",\"name\":\"First\","
		"\"physicalType\":{\"coding\":[{\"code\":\"lvl\"}]},\"partOf\":{\"reference\":"
		"\"Location/bu\"}}},\n"
		"{\"resource\":{\"resourceType\":\"Location\",\"id\":\"r1\",\"name\":\"Recovery "
		"1\",\"physicalType\":{\"coding\":[{\"code\":\"ro\"}]},\"partOf\":{\"reference\":"
		"\"https://h/fhir/Location/l1/_history/2\"}}},\n"
		"{\"resource\":{\"resourceType\":\"Location\",\"id\":\"bed\",\"physicalType\":{"
		"\"coding\":[{\"code\":\"bd\"}]}}},\n"
		"{\"resource\":{\"resourceType\":\"Device\",\"id\":\"d1\",\"type\":{\"text\":"
		"\"Ventilator, "
		"adult\"},\"serialNumber\":\"S-77\",\"manufacturer\":\"Acme\",\"location\":{"
		"\"reference\":\"Location/r1\"},\"patient\":{\"reference\":\"Patient/p1\"}}}]}";

	(void)state;
	import_lab_open(&l, NULL, NULL);
	assert_int_equal(import_lab_read(&l, WARD_IMPORT_FHIR, "b.json", bytes(text)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "fhir", NULL), WARD_OK);
	assert_int_equal(import_lab_count(&l, WARD_IMPORT_ADDED), 4);
	assert_true(ward_str_eqz(import_lab_file(&l, "rooms-import-fhir.csv"),
		"id,name,floor,class,zone\nr1,Recovery 1,l1,room.recovery,\n"));
	assert_true(ward_str_eqz(import_lab_file(&l, "assets-import-fhir.csv"),
		"id,name,class,room,network,ip,mac,keys,vendor,model,criticality\n"
		"d1,\"Ventilator, adult\",device.medical.ventilator,r1,,,,serial:S-77,Acme,,\n"));
	for (size_t i = 0; i < l.n_out; i++)
		assert_true(ward_str_find(ward_slice_text(l.out[i].bytes), WARD_STR("Rossi")) ==
			    SIZE_MAX);
	assert_int_equal(import_lab_apply(&l), WARD_OK);
	import_lab_close(&l);
}

/* NetBox: one object by endpoint, in the shape of its REST API. */
static void netbox(void **state)
{
	struct import_lab l;
	const char *text =
		"{\"sites\":{\"count\":1,\"results\":[{\"id\":1,\"url\":\"/api/dcim/sites/1/"
		"\",\"name\":\"Campus\",\"slug\":\"campus\"}]},\n"
		"\"locations\":[{\"id\":1,\"name\":\"House "
		"N\",\"slug\":\"n\",\"site\":{\"id\":1},\"parent\":null},\n"
		"{\"id\":2,\"name\":\"Basement\",\"slug\":\"n-u\",\"site\":{\"id\":1},\"parent\":{"
		"\"id\":1}},\n"
		"{\"id\":3,\"name\":\"Server room "
		"1\",\"slug\":\"n-u-1\",\"site\":{\"id\":1},\"parent\":{\"id\":2}}],\n"
		"\"vlans\":[{\"id\":9,\"vid\":30,\"name\":\"Medical B\"}],\n"
		"\"prefixes\":[{\"id\":1,\"prefix\":\"10.9.0.0/24\",\"vlan\":{\"id\":9}}],\n"
		"\"devices\":[{\"id\":5,\"name\":\"sw-1\",\"role\":{\"name\":\"Access "
		"switch\"},\"serial\":\"SW9\",\"device_type\":{\"model\":\"C9\",\"manufacturer\":{"
		"\"name\":\"Netco\"}},\"site\":{\"id\":1},\"location\":{\"id\":3}},\n"
		"{\"id\":6,\"name\":\"mon-1\",\"role\":{\"name\":\"Patient "
		"monitor\"},\"location\":{\"id\":3}}],\n"
		"\"interfaces\":[{\"id\":50,\"device\":{\"id\":5},\"name\":\"g1\",\"untagged_"
		"vlan\":{\"id\":9}},\n"
		"{\"id\":60,\"device\":{\"id\":6},\"name\":\"e0\",\"mac_address\":\"02:AA:00:00:00:"
		"01\"}],\n"
		"\"ip-addresses\":[{\"id\":1,\"address\":\"10.9.0.7/"
		"24\",\"assigned_object_type\":\"dcim.interface\",\"assigned_object_id\":60}],\n"
		"\"cables\":[{\"id\":1,\"a_terminations\":[{\"object_type\":\"dcim.interface\","
		"\"object_id\":50}],\"b_terminations\":[{\"object_type\":\"dcim.interface\","
		"\"object_id\":60}]}]}";

	(void)state;
	import_lab_open(&l, NULL, NULL);
	assert_int_equal(import_lab_read(&l, WARD_IMPORT_NETBOX, "n.json", bytes(text)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "netbox", NULL), WARD_OK);
	assert_int_equal(import_lab_count(&l, WARD_IMPORT_ADDED), 7);
	assert_true(ward_str_eqz(import_lab_file(&l, "assets-import-netbox.csv"),
		"id,name,class,room,network,ip,mac,keys,vendor,model,criticality\n"
		"sw-1,sw-1,device.computer.switch,n-u-1,medical-b,,,serial:SW9,Netco,C9,\n"
		"mon-1,mon-1,device.medical.monitor,n-u-1,medical-b,10.9.0.7,02:aa:00:00:00:01,,,,"
		"\n"));
	assert_int_equal(import_lab_apply(&l), WARD_OK);
	uint32_t mon = ward_model_by_key(l.m, WARD_KEY_IP, WARD_STR("10.9.0.7"));

	assert_true(mon != WARD_NONE && ward_str_eqz(ward_model_node(l.m, mon)->id, "mon-1"));
	import_lab_close(&l);
}

/* CycloneDX: a device, what runs on it, when the document was made. */
static void cyclonedx(void **state)
{
	struct import_lab l;
	const char *text = "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"metadata\":{"
			   "\"timestamp\":\"2026-03-01T10:00:00Z\"},\n"
			   "\"components\":[{\"type\":\"device\",\"bom-ref\":\"m\",\"name\":\"M8\","
			   "\"properties\":[{\"name\":\"ward:mac\",\"value\":\"02:00:00:00:00:09\"}"
			   ",{\"name\":\"ward:room\",\"value\":\"store\"}],\n"
			   "\"components\":[{\"type\":\"firmware\",\"name\":\"fw\",\"version\":"
			   "\"2\"},{\"type\":\"library\",\"name\":\"zlib\"}]}]}";

	(void)state;
	import_lab_open(&l, NULL, NULL);
	assert_int_equal(
		import_lab_read(&l, WARD_IMPORT_CYCLONEDX, "b.json", bytes(text)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "bom", NULL), WARD_OK);
	assert_true(ward_str_eqz(import_lab_file(&l, "relations-import-bom.csv"),
		"from,relation,to\nm,hosts,m-fw\n"));
	assert_true(ward_str_find(import_lab_file(&l, "facts-import-bom.csv"),
			    WARD_STR("m,,2026-03-01,bom,m,\n")) != SIZE_MAX);
	assert_int_equal(import_lab_apply(&l), WARD_OK);
	/* Patched: the same firmware with another version. */
	char newer[1024];
	struct ward_str t = ward_str_z(text);
	size_t at = ward_str_find(t, WARD_STR("\"2\""));

	memcpy(newer, t.p, t.len + 1);
	newer[at + 1] = '3';
	assert_int_equal(
		import_lab_read(&l, WARD_IMPORT_CYCLONEDX, "b.json", bytes(newer)), WARD_OK);
	assert_int_equal(import_lab_merge(&l, "bom", NULL), WARD_OK);
	assert_true(ward_str_eqz(item(&l, "m-fw")->new, "fw 3"));
	import_lab_close(&l);
}

static void refused(void **state)
{
	static const struct {
		enum ward_import_format format;
		const char *text;
		uint32_t line;
	} row[] = {
		{WARD_IMPORT_CYCLONEDX, "{\"bomFormat\":\"SPDX\"}", 1},
		{WARD_IMPORT_CYCLONEDX, "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"9\"}", 1},
		{WARD_IMPORT_CYCLONEDX, "{\n\"a\":1,\n\"a\":2}", 3},
		{WARD_IMPORT_FHIR, "{\"resourceType\":\"Patient\"}\n{\"resourceType\":}", 2},
		{WARD_IMPORT_NETBOX, "{\"devices\":[1,]}", 1},
		{WARD_IMPORT_CSV, "a,b\n1,2\n", 1},
		{WARD_IMPORT_RDF, "\n<a:s> .", 2},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct import_lab l;

		import_lab_open(&l, NULL, NULL);
		size_t n = l.d.n_error;

		assert_int_equal(import_lab_read(&l, row[i].format, "x", bytes(row[i].text)),
			WARD_ERR_CONFIG);
		assert_int_equal(l.d.n_error, n + 1);
		assert_int_equal(l.d.item[l.d.n - 1].line, row[i].line);
		import_lab_close(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_cell),
		cmocka_unit_test(classes),
		cmocka_unit_test(doubts),
		cmocka_unit_test(name_and_place),
		cmocka_unit_test(lost_relations),
		cmocka_unit_test(rooms_by_name),
		cmocka_unit_test(guessed_classes),
		cmocka_unit_test(again),
		cmocka_unit_test(fhir),
		cmocka_unit_test(netbox),
		cmocka_unit_test(cyclonedx),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
