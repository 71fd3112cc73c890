/* Which streams a device offers, what a recorder holds, and which doors a controller has. */
#include "lab.h"

#define PROFILE(TOKEN, W, H, FPS, EVERY)                                                           \
	"<d:Profiles token=\"" TOKEN                                                               \
	"\"><d:VideoEncoderConfiguration><d:Encoding>H264</d:Encoding><d:Resolution><d:Width>" W   \
	"</d:Width><d:Height>" H "</d:Height></d:Resolution><d:RateControl><d:FrameRateLimit>" FPS \
	"</d:FrameRateLimit><d:EncodingInterval>" EVERY                                            \
	"</d:EncodingInterval><d:BitrateLimit>512</d:BitrateLimit></d:RateControl>"                \
	"</d:VideoEncoderConfiguration></d:Profiles>"

/* Before GetServices there was GetCapabilities; streams of the media service. The one to take shows
 * enough, and has the least to decode. */
static void t_streams(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_STREAMS);

	(void)state;
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	answer(l, 0, CLOCK);
	asks(l, 0, "GetServices", "/onvif/device_service");
	assert_int_equal(answer_with(l, 0, "500 No", FAULT("ActionNotSupported")), WARD_OK);
	asks(l, 0, "GetCapabilities", "/onvif/device_service");
	answer(l, 0,
		"<d:GetCapabilitiesResponse><d:Capabilities><d:Media><d:XAddr>http://h/m</d:XAddr>"
		"</d:Media></d:Capabilities></d:GetCapabilitiesResponse>");
	asks(l, 0, "trt:GetProfiles", "/m");
	answer(l, 0,
		"<d:GetProfilesResponse>" PROFILE("main", "1920", "1080", "25", "1")
			PROFILE("sub", "640", "360", "15", "2") PROFILE("tiny", "320", "180", "25",
				"1") "<d:Profiles token=\"audio\"/></d:GetProfilesResponse>");
	asks(l, 0, "<trt:ProfileToken>main</trt:ProfileToken>", "/m");
	answer(l, 0,
		"<d:GetStreamUriResponse><d:MediaUri><d:Uri>rtsp://h/1</d:Uri></d:MediaUri>"
		"</d:GetStreamUriResponse>");
	asks(l, 0, "<trt:ProfileToken>sub</trt:ProfileToken>", "/m");
	answer(l, 0,
		"<d:GetStreamUriResponse><d:MediaUri><d:Uri>rtsp://h/2</d:Uri></d:MediaUri>"
		"</d:GetStreamUriResponse>");
	asks(l, 0, "<trt:ProfileToken>tiny</trt:ProfileToken>", "/m");
	answer(l, 0,
		"<d:GetStreamUriResponse><d:MediaUri><d:Uri>rtsp://h/3</d:Uri></d:MediaUri>"
		"</d:GetStreamUriResponse>");
	assert_string_equal(l->heard, "main H264 1920x1080 25000/1000 512 rtsp://h/1 suffices;"
				      "sub H264 640x360 7500/1000 512 rtsp://h/2 suffices take;"
				      "tiny H264 320x180 25000/1000 512 rtsp://h/3;");
	assert_true(ward_onvif_done(l->o));
	lab_free(l);
}

/* Where none suffices it is the largest; Media2 has parts of pictures. */
static void t_none_suffices(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_STREAMS);

	(void)state;
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	answer(l, 0, CLOCK);
	asks(l, 0, "GetServices", "/onvif/device_service");
	answer(l, 0,
		"<d:GetServicesResponse><d:Service><d:Namespace>http://www.onvif.org/ver20/media/"
		"wsdl</d:Namespace><d:XAddr>http://h/m2</d:XAddr></d:Service>"
		"</d:GetServicesResponse>");
	asks(l, 0, "tr2:GetProfiles", "/m2");
	answer(l, 0,
		"<d:GetProfilesResponse>" PROFILE("a", "1280", "720", "4.995", "")
			PROFILE("b", "640", "360", "", "")
				PROFILE("c", "320", "240", "x", "0") "</d:GetProfilesResponse>");
	for (unsigned i = 0; i < 3; i++) {
		asks(l, 0, "tr2:GetStreamUri", "/m2");
		answer(l, 0,
			"<d:GetStreamUriResponse><d:Uri>rtsp://h/1</d:Uri></"
			"d:GetStreamUriResponse>");
	}
	/* one that does not say its rate is taken to have it */
	assert_string_equal(l->heard, "a H264 1280x720 4995/1000 512 rtsp://h/1;"
				      "b H264 640x360 0/1000 512 rtsp://h/1 suffices take;"
				      "c H264 320x240 0/1000 512 rtsp://h/1;");
	lab_free(l);
}

#define SHOWS(TOKEN, SOURCE, W, H)                                                                \
	"<d:Profiles token=\"" TOKEN "\"><d:Name>Hall</d:Name><d:Configurations><d:VideoSource>"  \
	"<d:SourceToken>" SOURCE "</d:SourceToken></d:VideoSource><d:VideoEncoder><d:Resolution>" \
	"<d:Width>" W "</d:Width><d:Height>" H "</d:Height></d:Resolution></d:VideoEncoder>"      \
	"</d:Configurations></d:Profiles>"

/* A recorder has many cameras: of each of them one is to be taken. More profiles than there is room
 * for are counted. */
static void t_many_cameras(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_STREAMS);
	static char many[TEXT];
	size_t n = (size_t)snprintf(many, sizeof(many), "<d:GetProfilesResponse>");

	(void)state;
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	answer(l, 0, CLOCK);
	asks(l, 0, "GetServices", "/onvif/device_service");
	answer(l, 0,
		"<d:GetServicesResponse><d:Service><d:Namespace>http://www.onvif.org/ver20/media/"
		"wsdl</d:Namespace><d:XAddr>/m2</d:XAddr></d:Service></d:GetServicesResponse>");
	asks(l, 0, "<tr2:Type>VideoSource</tr2:Type><tr2:Type>VideoEncoder</tr2:Type>", "/m2");
	answer(l, 0,
		"<d:GetProfilesResponse>" SHOWS("a1", "a", "1920", "1080") SHOWS("a2", "a", "640",
			"360") SHOWS("b1", "b", "320", "180") "</d:GetProfilesResponse>");
	for (unsigned i = 0; i < 3; i++) {
		asks(l, 0, "tr2:GetStreamUri", "/m2");
		answer(l, 0,
			"<d:GetStreamUriResponse><d:Uri>rtsp://h/1</d:Uri></"
			"d:GetStreamUriResponse>");
	}
	assert_string_equal(l->heard, "a1  1920x1080 0/1000 0 rtsp://h/1 suffices;"
				      "a2  640x360 0/1000 0 rtsp://h/1 suffices take;"
				      "b1  320x180 0/1000 0 rtsp://h/1 take;");
	lab_free(l);
	l = lab_new("ward", WARD_ONVIF_STREAMS);
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	answer(l, 0, CLOCK);
	asks(l, 0, "GetServices", "/onvif/device_service");
	answer(l, 0, SERVICES);
	asks(l, 0, "GetProfiles", "/onvif/media");
	for (unsigned i = 0; i < 260; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n,
			"<d:Profiles token=\"%u\"><d:Resolution/></d:Profiles>", i);
	(void)snprintf(many + n, sizeof(many) - n, "</d:GetProfilesResponse>");
	answer(l, 0, many);
	assert_int_equal(ward_counter_get(&l->counters, "onvif.odd.profiles"), 4);
	lab_free(l);
}

#define FOUND(STATE, LIST)                                                         \
	"<d:GetRecordingSearchResultsResponse><d:ResultList><d:SearchState>" STATE \
	"</d:SearchState>" LIST "</d:ResultList></d:GetRecordingSearchResultsResponse>"
#define HELD(TOKEN, SOURCE, SPAN)                                                         \
	"<d:RecordingInformation><d:RecordingToken>" TOKEN                                \
	"</d:RecordingToken><d:Source><d:SourceId>" SOURCE                                \
	"</d:SourceId><d:Name>Hall</d:Name><d:Location>East</d:Location></d:Source>" SPAN \
	"<d:RecordingStatus>Recording</d:RecordingStatus></d:RecordingInformation>"
#define OUTER                                                             \
	"<d:EarliestRecording>2026-03-01T01:00:00Z</d:EarliestRecording>" \
	"<d:LatestRecording>2026-03-01T02:00:00Z</d:LatestRecording>"

/* Until its search ends; from when to when its pictures are, by our clock: the device's is an hour
 * ahead. What can't be used is counted. */
static void t_recordings(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_RECORDINGS);

	(void)state;
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	answer(l, 0, CLOCK);
	asks(l, 0, "GetServices", "/onvif/device_service");
	answer(l, 0,
		"<d:GetServicesResponse><d:Service><d:Namespace>http://www.onvif.org/ver10/search/"
		"wsdl</d:Namespace><d:XAddr>http://h/find</d:XAddr></d:Service><d:Service>"
		"<d:Namespace>http://www.onvif.org/ver10/replay/wsdl</d:Namespace><d:XAddr>"
		"http://h/replay</d:XAddr></d:Service></d:GetServicesResponse>");
	asks(l, 0, "<tse:FindRecordings>", "/find");
	answer(l, 0,
		"<d:FindRecordingsResponse><d:SearchToken>s&amp;1</d:SearchToken>"
		"</d:FindRecordingsResponse>");
	asks(l, 0, "<tse:SearchToken>s&amp;1</tse:SearchToken>", "/find");
	answer(l, 0, FOUND("Searching", HELD("r1", "cam-1", OUTER)));
	asks(l, 0, "<tse:SearchToken>s&amp;1</tse:SearchToken>", "/find");
	answer(l, 0,
		FOUND("Completed",
			HELD("r2", "cam-2",
				OUTER "<d:Track><d:TrackType>Audio</d:TrackType><d:DataFrom>"
				      "2026-03-01T00:00:00Z</d:DataFrom><d:DataTo>2026-03-01T03:00:"
				      "00Z</d:DataTo></d:Track><d:Track><d:TrackType>Video"
				      "</d:TrackType><d:DataFrom>2026-03-01T01:30:00Z</d:DataFrom>"
				      "<d:DataTo>2026-03-01T01:45:00Z</d:DataTo></d:Track>")
				HELD("r3", "cam-3", "") HELD("", "cam-4", OUTER)));
	asks(l, 0, "<trp:RecordingToken>r1</trp:RecordingToken>", "/replay");
	answer(l, 0, "<d:GetReplayUriResponse><d:Uri>rtsp://h/r1</d:Uri></d:GetReplayUriResponse>");
	asks(l, 0, "<trp:RecordingToken>r2</trp:RecordingToken>", "/replay");
	answer(l, 0, "<d:GetReplayUriResponse/>");
	assert_string_equal(l->heard, "r1|cam-1|Hall|East 0-3600+ rtsp://h/r1;"
				      "r2|cam-2|Hall|East 1800-2700+ ;");
	assert_true(ward_onvif_done(l->o));
	assert_int_equal(ward_counter_get(&l->counters, "onvif.odd.recording"), 2);
	lab_free(l);
}

/* What has no search of recordings says so; a search that never ends is given up. */
static void t_no_recordings(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_RECORDINGS);
	enum ward_err err = WARD_OK;
	unsigned n = 0;

	(void)state;
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	answer(l, 0, CLOCK);
	asks(l, 0, "GetServices", "/onvif/device_service");
	assert_int_equal(answer_with(l, 0, "200 OK", SERVICES), WARD_ERR_FOREIGN);
	assert_non_null(strstr(ward_onvif_why(l->o), "no search of recordings"));
	lab_free(l);
	l = lab_new("ward", WARD_ONVIF_RECORDINGS);
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	answer(l, 0, CLOCK);
	asks(l, 0, "GetServices", "/onvif/device_service");
	answer(l, 0,
		"<d:GetServicesResponse><d:Service><d:Namespace>http://www.onvif.org/ver10/search/"
		"wsdl</d:Namespace><d:XAddr>/find</d:XAddr></d:Service></d:GetServicesResponse>");
	asks(l, 0, "<tse:FindRecordings>", "/find");
	answer(l, 0,
		"<d:FindRecordingsResponse><d:SearchToken>1</d:SearchToken>"
		"</d:FindRecordingsResponse>");
	for (; !err && n < 1000; n++) {
		asks(l, 0, "GetRecordingSearchResults", "/find");
		err = answer_with(l, 0, "200 OK", FOUND("Searching", ""));
	}
	assert_int_equal(err, WARD_ERR_FOREIGN);
	assert_in_range(n, 100, 200);
	lab_free(l);
}

#define CONTROLLER                                                                               \
	"<d:GetServicesResponse><d:Service><d:Namespace>http://www.onvif.org/ver10/doorcontrol/" \
	"wsdl</d:Namespace><d:XAddr>http://h/doors</d:XAddr></d:Service><d:Service>"             \
	"<d:Namespace>http://www.onvif.org/ver10/accesscontrol/wsdl</d:Namespace><d:XAddr>"      \
	"http://h/access</d:XAddr></d:Service></d:GetServicesResponse>"
#define DOOR_LIST(MORE, LIST) "<d:GetDoorInfoListResponse>" MORE LIST "</d:GetDoorInfoListResponse>"
#define DOOR(TOKEN, NAME) \
	"<d:DoorInfo token=\"" TOKEN "\"><d:Name>" NAME "</d:Name><d:Capabilities/></d:DoorInfo>"

static void opens(struct lab *l, ward_ns at)
{
	asks(l, at, "GetSystemDateAndTime", "/onvif/device_service");
	answer(l, at, CLOCK);
	asks(l, at, "GetServices", "/onvif/device_service");
	answer(l, at, CONTROLLER);
}

/* In parts, doors first; what has no token is counted. A list that is begun anew after a failure
 * says nothing twice. */
static void t_doors(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_DOORS);

	(void)state;
	opens(l, 0);
	asks(l, 0, "<tdc:GetDoorInfoList><tdc:Limit>64</tdc:Limit></tdc:GetDoorInfoList>",
		"/doors");
	answer(l, 0,
		DOOR_LIST("<d:NextStartReference>a&amp;b</d:NextStartReference>",
			DOOR("d1", "North") DOOR("", "Nobody's")));
	asks(l, 0, "<tdc:StartReference>a&amp;b</tdc:StartReference>", "/doors");
	assert_int_equal(answer_with(l, 0, "200 OK", "<d:Other/>"), WARD_ERR_FOREIGN);
	opens(l, 3 * S);
	asks(l, 3 * S, "<tdc:GetDoorInfoList><tdc:Limit>64</tdc:Limit></tdc:GetDoorInfoList>",
		"/doors");
	answer(l, 3 * S,
		DOOR_LIST("",
			DOOR("d1", "North") DOOR("", "Nobody's") DOOR("d2", "S &quot;1&quot;")));
	asks(l, 3 * S,
		"<tac:GetAccessPointInfoList><tac:Limit>64</tac:Limit></"
		"tac:GetAccessPointInfoList>",
		"/access");
	answer(l, 3 * S,
		"<d:GetAccessPointInfoListResponse><d:AccessPointInfo token=\"r1\"><d:Name>Reader"
		"</d:Name><d:AreaFrom>out</d:AreaFrom><d:AreaTo>in</d:AreaTo><d:Entity>d1</"
		"d:Entity>"
		"</d:AccessPointInfo><d:AccessPointInfo token=\"r2\"><d:EntityType>tdc:Door"
		"</d:EntityType><d:Entity>d2</d:Entity></d:AccessPointInfo><d:AccessPointInfo "
		"token=\"r3\"><d:EntityType>tac:Gate</d:EntityType><d:Entity>g</d:Entity>"
		"</d:AccessPointInfo></d:GetAccessPointInfoListResponse>");
	assert_true(ward_onvif_done(l->o));
	assert_string_equal(l->heard,
		"{\"kind\":\"door\",\"token\":\"d1\",\"key\":\"door:dc-1/d1\",\"name\":\"North\"}\n"
		"{\"kind\":\"door\",\"token\":\"d2\",\"key\":\"door:dc-1/d2\",\"name\":\"S "
		"\\\"1\\\"\"}\n"
		"{\"kind\":\"reader\",\"token\":\"r1\",\"key\":\"reader:dc-1/"
		"r1\",\"name\":\"Reader\",\"door\":\"d1\","
		"\"from\":\"out\",\"to\":\"in\"}\n"
		"{\"kind\":\"reader\",\"token\":\"r2\",\"key\":\"reader:dc-1/"
		"r2\",\"door\":\"d2\"}\n"
		"{\"kind\":\"reader\",\"token\":\"r3\",\"key\":\"reader:dc-1/r3\"}\n");
	assert_int_equal(ward_counter_get(&l->counters, "onvif.odd.door"), 1);
	lab_free(l);
}

/* What has none says so; a list that never ends is given up. */
static void t_no_doors(void **state)
{
	struct lab *l = lab_new("ward", WARD_ONVIF_DOORS);
	enum ward_err err = WARD_OK;
	unsigned n = 0;

	(void)state;
	asks(l, 0, "GetSystemDateAndTime", "/onvif/device_service");
	answer(l, 0, CLOCK);
	asks(l, 0, "GetServices", "/onvif/device_service");
	assert_int_equal(answer_with(l, 0, "200 OK", SERVICES), WARD_ERR_FOREIGN);
	assert_non_null(strstr(ward_onvif_why(l->o), "no list of doors"));
	lab_free(l);
	l = lab_new("ward", WARD_ONVIF_DOORS);
	opens(l, 0);
	for (; !err && n < 1000; n++) {
		asks(l, 0, "GetDoorInfoList", "/doors");
		err = answer_with(l, 0, "200 OK",
			DOOR_LIST("<d:NextStartReference>x</d:NextStartReference>", ""));
	}
	assert_int_equal(err, WARD_ERR_FOREIGN);
	assert_in_range(n, 100, 200);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_streams),
		cmocka_unit_test(t_none_suffices),
		cmocka_unit_test(t_many_cameras),
		cmocka_unit_test(t_recordings),
		cmocka_unit_test(t_no_recordings),
		cmocka_unit_test(t_doors),
		cmocka_unit_test(t_no_doors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
