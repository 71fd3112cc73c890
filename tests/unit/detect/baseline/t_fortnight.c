/* Three weeks of a made hospital network with the profiles that Ward comes with: two are learned,
 * in the third there are deviations at known places. Each must be told, and how much else is told
 * is printed and bounded. */
#include "lab.h"

enum { DAYS = 21, LEARNED = 14, HOSPITALS = 4, OTHERS_MAX = 4 };

static struct bl_lab l;
static uint64_t dice;
static uint64_t n_event, n_judged;

static uint32_t below(uint32_t n)
{
	/* xorshift64* (Vigna 2014) */
	dice ^= dice >> 12;
	dice ^= dice << 25;
	dice ^= dice >> 27;
	return (uint32_t)((dice * 2685821657736338717u) >> 33) % n;
}

static double some_time(int day, int hour)
{
	return day * 24 + hour + below(3500) / 3600.0;
}

/* A list of one hour, so that events come in the order of time. */
struct made {
	double at;
	const char *class;
	char json[400];
};
static struct made made[4096];
static size_t n_made;

WARD_PRINTF(3, 4)
static void make(double at, const char *class, const char *fmt, ...)
{
	va_list args;

	assert_true(n_made < WARD_ARRAY_LEN(made));
	made[n_made].at = at;
	made[n_made].class = class;
	va_start(args, fmt);
	(void)vsnprintf(made[n_made].json, sizeof(made[n_made].json), fmt, args);
	va_end(args);
	n_made++;
}

static int by_time(const void *a, const void *b)
{
	double x = ((const struct made *)a)->at, y = ((const struct made *)b)->at;

	return x < y ? -1 : x > y;
}

static void bacnet_write(double at, const char *who, int ahu, const char *type, int no, int value)
{
	make(at, "net.bacnet.write_property",
		"{\"src_ip\":\"%s\",\"dst_ip\":\"10.40.0.%d\",\"bacnet.object_type\":\"%s\","
		"\"bacnet.object_instance\":%d,\"bacnet.property\":\"present-value\","
		"\"bacnet.value\":%d,\"bacnet.priority\":8}",
		who, 20 + ahu, type, no, value);
}

static void hl7(double at, const char *app, const char *type, const char *trigger)
{
	make(at, "net.hl7.message",
		"{\"src_ip\":\"10.50.0.5\",\"dst_ip\":\"10.50.0.9\",\"hl7.sending_application\":\"%"
		"s\","
		"\"hl7.receiving_application\":\"LIS\",\"hl7.type\":\"%s\",\"hl7.trigger\":\"%s\","
		"\"hl7.bytes\":%u}",
		app, type, trigger, 200 + below(1500));
}

static void dicom(double at, const char *ip, const char *ae, const char *what, const char *sop)
{
	make(at, what,
		"{\"src_ip\":\"%s\",\"dst_ip\":\"10.60.0.9\",\"dicom.calling_ae\":\"%s\","
		"\"dicom.called_ae\":\"PACS\",\"dicom.sop_class\":\"%s\",\"dicom.bytes\":%u}",
		ip, ae, sop, 100000 + below(900000));
}

static void flow(double at, const char *from, int to, const char *service, uint32_t bytes)
{
	make(at, "net.flow",
		"{\"src_ip\":\"%s\",\"dst_ip\":\"10.10.0.%d\",\"service\":\"%s\",\"proto\":\"tcp\","
		"\"bytes\":%u}",
		from, to, service, bytes);
}

static void modbus(double at, int address, int value)
{
	make(at, "net.modbus.write_single_register",
		"{\"src_ip\":\"10.41.0.2\",\"dst_ip\":\"10.41.0.7\",\"modbus.unit\":1,"
		"\"modbus.function\":\"write-single-register\",\"modbus.address\":%d,"
		"\"modbus.values\":%d}",
		address, value);
}

static void dns(double at, int host, const char *name, unsigned no)
{
	make(at, "net.dns.query",
		"{\"src_ip\":\"10.70.0.%d\",\"dst_ip\":\"10.10.0.53\",\"dns.protocol\":\"dns\","
		"\"dns.query\":\"%s%u.example\",\"dns.qtype\":\"A\"}",
		host, name, no);
}

/* What happens on an ordinary day: less at night and on weekends. */
static void plant(int day, int hour)
{
	for (int ahu = 0; ahu < 4; ahu++) {
		bacnet_write(some_time(day, hour), "10.40.0.10", ahu, "analog-output", 1,
			20 + (int)below(40));
		if (hour == 6 || hour == 20)
			bacnet_write(some_time(day, hour), "10.40.0.10", ahu, "binary-output", 2,
				hour == 6);
	}
	for (int i = 0; i < 3; i++)
		modbus(some_time(day, hour), 100 + i, 40 + (int)below(20));
}

static void care(int day, int hour)
{
	bool busy = day % 7 < 5 && hour >= 7 && hour < 19;
	uint32_t n = busy ? 30 + below(20) : 3 + below(5);

	for (uint32_t i = 0; i < n; i++) {
		hl7(some_time(day, hour), "HIS", "ADT", i % 3 ? "A08" : "A01");
		if (i % 2)
			hl7(some_time(day, hour), "RIS", "ORM", "O01");
		if (i % 4 == 0)
			dicom(some_time(day, hour), "10.60.0.21", "CT1", "net.dicom.c_store",
				"CTImageStorage");
		if (i % 5 == 0)
			dicom(some_time(day, hour), "10.60.0.30", "READ1", "net.dicom.c_find",
				"StudyRootFind");
	}
}

static void offices(int day, int hour)
{
	if (day % 7 > 4 || hour < 7 || hour > 17)
		return;
	for (int host = 1; host <= 5; host++) {
		char from[32];

		(void)snprintf(from, sizeof(from), "10.70.0.%d", host);
		for (uint32_t i = 0, n = 4 + below(8); i < n; i++) {
			flow(some_time(day, hour), from, 1 + (int)below(3), "tls",
				1000 + below(500000));
			dns(some_time(day, hour), host, "site", below(12));
		}
		/* People look up new names every day: that is no news. */
		if (host < 3)
			dns(some_time(day, hour), host, "page",
				(unsigned)(day * 100 + hour + host * 10000));
	}
}

static const struct {
	int day, hour;
	const char *rule, *part;
} odd[] = {
	{15, 3, "bacnet-writes/object", "binary-output 9"},
	{16, 14, "bacnet-writes/value", "990, above its usual"},
	{17, 11, "bacnet-writes/new", "10.40.0.177 is new"},
	{18, 10, "dicom/asks", "SCANNER PACS"},
	{19, 2, "hl7/rate", "within the hour"},
	{19, 15, "modbus-writes/register", "write-single-register 4711"},
	{20, 15, "hl7/type", "MFN M02"},
	{17, 15, "conversations/peer", "10.10.0.99 smb"},
	{18, 15, "dns/server", "8.8.8.8"},
};

static void inject(size_t i, double at)
{
	switch (i) {
	case 0:
		bacnet_write(at, "10.40.0.10", 2, "binary-output", 9, 1);
		break;
	case 1:
		bacnet_write(at, "10.40.0.10", 1, "analog-output", 1, 990);
		break;
	case 2:
		bacnet_write(at, "10.40.0.177", 1, "analog-output", 1, 30);
		break;
	case 3:
		dicom(at, "10.60.0.77", "SCANNER", "net.dicom.c_find", "StudyRootFind");
		break;
	case 4:
		for (int k = 0; k < 900; k++)
			hl7(at, "HIS", "ADT", "A08");
		break;
	case 5:
		modbus(at, 4711, 50);
		break;
	case 6:
		hl7(at, "HIS", "MFN", "M02");
		break;
	case 7:
		flow(at, "10.70.0.3", 99, "smb", 5000);
		break;
	default:
		make(at, "net.dns.query",
			"{\"src_ip\":\"10.70.0.4\",\"dst_ip\":\"8.8.8.8\",\"dns.protocol\":\"dns\","
			"\"dns.query\":\"site1.example\",\"dns.qtype\":\"A\"}");
		break;
	}
}

static void play(void)
{
	for (int hour = 0; hour < DAYS * 24; hour++) {
		n_made = 0;
		plant(hour / 24, hour % 24);
		care(hour / 24, hour % 24);
		offices(hour / 24, hour % 24);
		for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
			if (odd[i].day == hour / 24 && odd[i].hour == hour % 24)
				inject(i, hour + 0.5);
		qsort(made, n_made, sizeof(made[0]), by_time);
		for (size_t i = 0; i < n_made; i++)
			bl_class(&l, made[i].class, made[i].at, made[i].json);
		n_event += n_made;
		n_judged += hour >= LEARNED * 24 ? n_made : 0;
	}
}

static bool is_injected(const struct bl_said *s, bool *found)
{
	double hour = (double)(s->time - bl_monday) / 3600e9;

	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
		if (strcmp(s->rule, odd[i].rule) == 0 && strstr(s->title, odd[i].part) &&
			(int)hour == odd[i].day * 24 + odd[i].hour) {
			found[i] = true;
			return true;
		}
	/* The same event is odd in more than one way. */
	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
		if (hour >= odd[i].day * 24 + odd[i].hour + 0.5 &&
			hour < odd[i].day * 24 + odd[i].hour + 0.50001)
			return true;
	return false;
}

/* How many were told that were not injected. */
static size_t one_hospital(uint64_t seed, const char *profiles)
{
	bool found[WARD_ARRAY_LEN(odd)] = {false};
	size_t others = 0;

	dice = seed;
	n_event = n_judged = 0;
	bl_open(&l, WARD_BL_LIVE);
	ward_baseline_free(l.b);
	ward_bl_profiles_free(l.ps);
	l.b = NULL;
	assert_int_equal(
		ward_bl_profiles_load(profiles, NULL, &l.names, &l.lim, &l.diag, &l.ps), WARD_OK);
	bl_mode(&l, WARD_BL_LIVE);
	play();
	for (size_t i = 0; i < l.n_said; i++) {
		assert_true(l.said[i].time >= bl_monday + LEARNED * 86400 * WARD_NS_PER_S);
		if (is_injected(&l.said[i], found))
			continue;
		others++;
		print_message("not injected: %s: %s\n", l.said[i].rule, l.said[i].title);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
		if (!found[i])
			fail_msg("missed: %s %s", odd[i].rule, odd[i].part);
	print_message("%llu events, %llu of them judged: %zu told, %zu of them not injected\n",
		(unsigned long long)n_event, (unsigned long long)n_judged, l.n_said, others);
	bl_close(&l);
	return others;
}

static void t_found(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	size_t others = 0;
	char path[512];

	(void)state;
	assert_non_null(root);
	(void)snprintf(path, sizeof(path), "%s/content/baselines", root);
	for (uint64_t i = 1; i <= HOSPITALS; i++)
		others += one_hospital(88172645463325252u * (2 * i + 1), path);
	assert_true(others <= OTHERS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_found)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
