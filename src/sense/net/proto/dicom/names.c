#include "sense/net/proto/dicom/names.h"

#include <stdlib.h>

/* UIDs below the standard's root and their keywords, PS3.6 table A-1; in byte order. */
#define ROOT "1.2.840.10008."

static const struct uid {
	const char *suffix, *name;
} uids[] = {
	{"1.1", "Verification"},
	{"1.2", "ImplicitVRLittleEndian"},
	{"1.2.1", "ExplicitVRLittleEndian"},
	{"1.2.1.99", "DeflatedExplicitVRLittleEndian"},
	{"1.2.2", "ExplicitVRBigEndian"},
	{"1.2.4.100", "MPEG2MPML"},
	{"1.2.4.101", "MPEG2MPHL"},
	{"1.2.4.102", "MPEG4HP41"},
	{"1.2.4.103", "MPEG4HP41BD"},
	{"1.2.4.104", "MPEG4HP422D"},
	{"1.2.4.105", "MPEG4HP423D"},
	{"1.2.4.106", "MPEG4HP42STEREO"},
	{"1.2.4.107", "HEVCMP51"},
	{"1.2.4.108", "HEVCM10P51"},
	{"1.2.4.110", "JPEGXLLossless"},
	{"1.2.4.112", "JPEGXL"},
	{"1.2.4.201", "HTJ2KLossless"},
	{"1.2.4.202", "HTJ2KLosslessRPCL"},
	{"1.2.4.203", "HTJ2K"},
	{"1.2.4.50", "JPEGBaseline8Bit"},
	{"1.2.4.51", "JPEGExtended12Bit"},
	{"1.2.4.57", "JPEGLossless"},
	{"1.2.4.70", "JPEGLosslessSV1"},
	{"1.2.4.80", "JPEGLSLossless"},
	{"1.2.4.81", "JPEGLSNearLossless"},
	{"1.2.4.90", "JPEG2000Lossless"},
	{"1.2.4.91", "JPEG2000"},
	{"1.2.4.92", "JPEG2000MCLossless"},
	{"1.2.4.93", "JPEG2000MC"},
	{"1.2.4.94", "JPIPReferenced"},
	{"1.2.4.95", "JPIPReferencedDeflate"},
	{"1.2.5", "RLELossless"},
	{"1.20.1", "StorageCommitmentPushModel"},
	{"1.20.2", "StorageCommitmentPullModel"},
	{"1.3.10", "MediaStorageDirectoryStorage"},
	{"1.40", "ProceduralEventLogging"},
	{"1.42", "SubstanceAdministrationLogging"},
	{"1.9", "BasicStudyContentNotification"},
	{"3.1.1.1", "DICOMApplicationContext"},
	{"3.1.2.3.3", "ModalityPerformedProcedureStep"},
	{"3.1.2.3.4", "ModalityPerformedProcedureStepRetrieve"},
	{"3.1.2.3.5", "ModalityPerformedProcedureStepNotification"},
	{"5.1.1.1", "BasicFilmSession"},
	{"5.1.1.14", "PrintJob"},
	{"5.1.1.15", "BasicAnnotationBox"},
	{"5.1.1.16", "Printer"},
	{"5.1.1.16.376", "PrinterConfigurationRetrieval"},
	{"5.1.1.18", "BasicColorPrintManagementMeta"},
	{"5.1.1.2", "BasicFilmBox"},
	{"5.1.1.23", "PresentationLUT"},
	{"5.1.1.27", "StoredPrintStorage"},
	{"5.1.1.29", "HardcopyGrayscaleImageStorage"},
	{"5.1.1.30", "HardcopyColorImageStorage"},
	{"5.1.1.33", "MediaCreationManagement"},
	{"5.1.1.4", "BasicGrayscaleImageBox"},
	{"5.1.1.4.1", "BasicColorImageBox"},
	{"5.1.1.40", "DisplaySystem"},
	{"5.1.1.9", "BasicGrayscalePrintManagementMeta"},
	{"5.1.4.1.1.1", "ComputedRadiographyImageStorage"},
	{"5.1.4.1.1.1.1", "DigitalXRayImageStorageForPresentation"},
	{"5.1.4.1.1.1.1.1", "DigitalXRayImageStorageForProcessing"},
	{"5.1.4.1.1.1.2", "DigitalMammographyXRayImageStorageForPresentation"},
	{"5.1.4.1.1.1.2.1", "DigitalMammographyXRayImageStorageForProcessing"},
	{"5.1.4.1.1.1.3", "DigitalIntraOralXRayImageStorageForPresentation"},
	{"5.1.4.1.1.1.3.1", "DigitalIntraOralXRayImageStorageForProcessing"},
	{"5.1.4.1.1.10", "StandaloneModalityLUTStorage"},
	{"5.1.4.1.1.104.1", "EncapsulatedPDFStorage"},
	{"5.1.4.1.1.104.2", "EncapsulatedCDAStorage"},
	{"5.1.4.1.1.104.3", "EncapsulatedSTLStorage"},
	{"5.1.4.1.1.11", "StandaloneVOILUTStorage"},
	{"5.1.4.1.1.11.1", "GrayscaleSoftcopyPresentationStateStorage"},
	{"5.1.4.1.1.11.2", "ColorSoftcopyPresentationStateStorage"},
	{"5.1.4.1.1.11.3", "PseudoColorSoftcopyPresentationStateStorage"},
	{"5.1.4.1.1.11.4", "BlendingSoftcopyPresentationStateStorage"},
	{"5.1.4.1.1.11.5", "XAXRFGrayscaleSoftcopyPresentationStateStorage"},
	{"5.1.4.1.1.12.1", "XRayAngiographicImageStorage"},
	{"5.1.4.1.1.12.1.1", "EnhancedXAImageStorage"},
	{"5.1.4.1.1.12.2", "XRayRadiofluoroscopicImageStorage"},
	{"5.1.4.1.1.12.2.1", "EnhancedXRFImageStorage"},
	{"5.1.4.1.1.12.3", "XRayAngiographicBiPlaneImageStorage"},
	{"5.1.4.1.1.128", "PositronEmissionTomographyImageStorage"},
	{"5.1.4.1.1.128.1", "LegacyConvertedEnhancedPETImageStorage"},
	{"5.1.4.1.1.129", "StandalonePETCurveStorage"},
	{"5.1.4.1.1.13.1.1", "XRay3DAngiographicImageStorage"},
	{"5.1.4.1.1.13.1.2", "XRay3DCraniofacialImageStorage"},
	{"5.1.4.1.1.13.1.3", "BreastTomosynthesisImageStorage"},
	{"5.1.4.1.1.130", "EnhancedPETImageStorage"},
	{"5.1.4.1.1.131", "BasicStructuredDisplayStorage"},
	{"5.1.4.1.1.14.1", "IntravascularOpticalCoherenceTomographyImageStorageForPresentation"},
	{"5.1.4.1.1.14.2", "IntravascularOpticalCoherenceTomographyImageStorageForProcessing"},
	{"5.1.4.1.1.2", "CTImageStorage"},
	{"5.1.4.1.1.2.1", "EnhancedCTImageStorage"},
	{"5.1.4.1.1.2.2", "LegacyConvertedEnhancedCTImageStorage"},
	{"5.1.4.1.1.20", "NuclearMedicineImageStorage"},
	{"5.1.4.1.1.201.1", "InventoryStorage"},
	{"5.1.4.1.1.201.2", "InventoryFind"},
	{"5.1.4.1.1.201.3", "InventoryMove"},
	{"5.1.4.1.1.201.4", "InventoryGet"},
	{"5.1.4.1.1.3", "UltrasoundMultiFrameImageStorageRetired"},
	{"5.1.4.1.1.3.1", "UltrasoundMultiFrameImageStorage"},
	{"5.1.4.1.1.30", "ParametricMapStorage"},
	{"5.1.4.1.1.4", "MRImageStorage"},
	{"5.1.4.1.1.4.1", "EnhancedMRImageStorage"},
	{"5.1.4.1.1.4.2", "MRSpectroscopyStorage"},
	{"5.1.4.1.1.4.3", "EnhancedMRColorImageStorage"},
	{"5.1.4.1.1.4.4", "LegacyConvertedEnhancedMRImageStorage"},
	{"5.1.4.1.1.481.1", "RTImageStorage"},
	{"5.1.4.1.1.481.2", "RTDoseStorage"},
	{"5.1.4.1.1.481.3", "RTStructureSetStorage"},
	{"5.1.4.1.1.481.4", "RTBeamsTreatmentRecordStorage"},
	{"5.1.4.1.1.481.5", "RTPlanStorage"},
	{"5.1.4.1.1.481.6", "RTBrachyTreatmentRecordStorage"},
	{"5.1.4.1.1.481.7", "RTTreatmentSummaryRecordStorage"},
	{"5.1.4.1.1.481.8", "RTIonPlanStorage"},
	{"5.1.4.1.1.481.9", "RTIonBeamsTreatmentRecordStorage"},
	{"5.1.4.1.1.5", "NuclearMedicineImageStorageRetired"},
	{"5.1.4.1.1.6", "UltrasoundImageStorageRetired"},
	{"5.1.4.1.1.6.1", "UltrasoundImageStorage"},
	{"5.1.4.1.1.6.2", "EnhancedUSVolumeStorage"},
	{"5.1.4.1.1.66", "RawDataStorage"},
	{"5.1.4.1.1.66.1", "SpatialRegistrationStorage"},
	{"5.1.4.1.1.66.2", "SpatialFiducialsStorage"},
	{"5.1.4.1.1.66.3", "DeformableSpatialRegistrationStorage"},
	{"5.1.4.1.1.66.4", "SegmentationStorage"},
	{"5.1.4.1.1.66.5", "SurfaceSegmentationStorage"},
	{"5.1.4.1.1.67", "RealWorldValueMappingStorage"},
	{"5.1.4.1.1.68.1", "SurfaceScanMeshStorage"},
	{"5.1.4.1.1.68.2", "SurfaceScanPointCloudStorage"},
	{"5.1.4.1.1.7", "SecondaryCaptureImageStorage"},
	{"5.1.4.1.1.7.1", "MultiFrameSingleBitSecondaryCaptureImageStorage"},
	{"5.1.4.1.1.7.2", "MultiFrameGrayscaleByteSecondaryCaptureImageStorage"},
	{"5.1.4.1.1.7.3", "MultiFrameGrayscaleWordSecondaryCaptureImageStorage"},
	{"5.1.4.1.1.7.4", "MultiFrameTrueColorSecondaryCaptureImageStorage"},
	{"5.1.4.1.1.77.1", "VLImageStorageTrial"},
	{"5.1.4.1.1.77.1.1", "VLEndoscopicImageStorage"},
	{"5.1.4.1.1.77.1.1.1", "VideoEndoscopicImageStorage"},
	{"5.1.4.1.1.77.1.2", "VLMicroscopicImageStorage"},
	{"5.1.4.1.1.77.1.2.1", "VideoMicroscopicImageStorage"},
	{"5.1.4.1.1.77.1.3", "VLSlideCoordinatesMicroscopicImageStorage"},
	{"5.1.4.1.1.77.1.4", "VLPhotographicImageStorage"},
	{"5.1.4.1.1.77.1.4.1", "VideoPhotographicImageStorage"},
	{"5.1.4.1.1.77.1.5.1", "OphthalmicPhotography8BitImageStorage"},
	{"5.1.4.1.1.77.1.5.2", "OphthalmicPhotography16BitImageStorage"},
	{"5.1.4.1.1.77.1.5.3", "StereometricRelationshipStorage"},
	{"5.1.4.1.1.77.1.5.4", "OphthalmicTomographyImageStorage"},
	{"5.1.4.1.1.77.1.6", "VLWholeSlideMicroscopyImageStorage"},
	{"5.1.4.1.1.77.2", "VLMultiFrameImageStorageTrial"},
	{"5.1.4.1.1.78.1", "LensometryMeasurementsStorage"},
	{"5.1.4.1.1.78.2", "AutorefractionMeasurementsStorage"},
	{"5.1.4.1.1.78.3", "KeratometryMeasurementsStorage"},
	{"5.1.4.1.1.78.4", "SubjectiveRefractionMeasurementsStorage"},
	{"5.1.4.1.1.78.5", "VisualAcuityMeasurementsStorage"},
	{"5.1.4.1.1.78.6", "SpectaclePrescriptionReportStorage"},
	{"5.1.4.1.1.78.7", "OphthalmicAxialMeasurementsStorage"},
	{"5.1.4.1.1.78.8", "IntraocularLensCalculationsStorage"},
	{"5.1.4.1.1.79.1", "MacularGridThicknessAndVolumeReportStorage"},
	{"5.1.4.1.1.8", "StandaloneOverlayStorage"},
	{"5.1.4.1.1.80.1", "OphthalmicVisualFieldStaticPerimetryMeasurementsStorage"},
	{"5.1.4.1.1.81.1", "OphthalmicThicknessMapStorage"},
	{"5.1.4.1.1.88.11", "BasicTextSRStorage"},
	{"5.1.4.1.1.88.22", "EnhancedSRStorage"},
	{"5.1.4.1.1.88.33", "ComprehensiveSRStorage"},
	{"5.1.4.1.1.88.34", "Comprehensive3DSRStorage"},
	{"5.1.4.1.1.88.40", "ProcedureLogStorage"},
	{"5.1.4.1.1.88.50", "MammographyCADSRStorage"},
	{"5.1.4.1.1.88.59", "KeyObjectSelectionDocumentStorage"},
	{"5.1.4.1.1.88.65", "ChestCADSRStorage"},
	{"5.1.4.1.1.88.67", "XRayRadiationDoseSRStorage"},
	{"5.1.4.1.1.88.68", "RadiopharmaceuticalRadiationDoseSRStorage"},
	{"5.1.4.1.1.88.69", "ColonCADSRStorage"},
	{"5.1.4.1.1.88.70", "ImplantationPlanSRStorage"},
	{"5.1.4.1.1.9", "StandaloneCurveStorage"},
	{"5.1.4.1.1.9.1.1", "TwelveLeadECGWaveformStorage"},
	{"5.1.4.1.1.9.1.2", "GeneralECGWaveformStorage"},
	{"5.1.4.1.1.9.1.3", "AmbulatoryECGWaveformStorage"},
	{"5.1.4.1.1.9.1.4", "General32bitECGWaveformStorage"},
	{"5.1.4.1.1.9.2.1", "HemodynamicWaveformStorage"},
	{"5.1.4.1.1.9.3.1", "CardiacElectrophysiologyWaveformStorage"},
	{"5.1.4.1.1.9.4.1", "BasicVoiceAudioWaveformStorage"},
	{"5.1.4.1.1.9.4.2", "GeneralAudioWaveformStorage"},
	{"5.1.4.1.1.9.5.1", "ArterialPulseWaveformStorage"},
	{"5.1.4.1.1.9.6.1", "RespiratoryWaveformStorage"},
	{"5.1.4.1.1.9.7.1", "RoutineScalpElectroencephalogramWaveformStorage"},
	{"5.1.4.1.2.1.1", "PatientRootQueryRetrieveInformationModelFind"},
	{"5.1.4.1.2.1.2", "PatientRootQueryRetrieveInformationModelMove"},
	{"5.1.4.1.2.1.3", "PatientRootQueryRetrieveInformationModelGet"},
	{"5.1.4.1.2.2.1", "StudyRootQueryRetrieveInformationModelFind"},
	{"5.1.4.1.2.2.2", "StudyRootQueryRetrieveInformationModelMove"},
	{"5.1.4.1.2.2.3", "StudyRootQueryRetrieveInformationModelGet"},
	{"5.1.4.1.2.3.1", "PatientStudyOnlyQueryRetrieveInformationModelFind"},
	{"5.1.4.1.2.3.2", "PatientStudyOnlyQueryRetrieveInformationModelMove"},
	{"5.1.4.1.2.3.3", "PatientStudyOnlyQueryRetrieveInformationModelGet"},
	{"5.1.4.1.2.4.2", "CompositeInstanceRootRetrieveMove"},
	{"5.1.4.1.2.4.3", "CompositeInstanceRootRetrieveGet"},
	{"5.1.4.1.2.5.3", "CompositeInstanceRetrieveWithoutBulkDataGet"},
	{"5.1.4.31", "ModalityWorklistInformationModelFind"},
	{"5.1.4.32", "GeneralPurposeWorklistManagementMeta"},
	{"5.1.4.32.1", "GeneralPurposeWorklistInformationModelFind"},
	{"5.1.4.33", "InstanceAvailabilityNotification"},
	{"5.1.4.34.6.1", "UnifiedProcedureStepPush"},
	{"5.1.4.34.6.2", "UnifiedProcedureStepWatch"},
	{"5.1.4.34.6.3", "UnifiedProcedureStepPull"},
	{"5.1.4.34.6.4", "UnifiedProcedureStepEvent"},
	{"5.1.4.34.6.5", "UnifiedProcedureStepQuery"},
	{"5.1.4.34.7", "RTBeamsDeliveryInstructionStorage"},
	{"5.1.4.37.1", "GeneralRelevantPatientInformationQuery"},
	{"5.1.4.38.1", "HangingProtocolStorage"},
	{"5.1.4.38.2", "HangingProtocolInformationModelFind"},
	{"5.1.4.38.3", "HangingProtocolInformationModelMove"},
	{"5.1.4.41", "ProductCharacteristicsQuery"},
	{"5.1.4.42", "SubstanceApprovalQuery"},
	{"5.1.4.43.1", "GenericImplantTemplateStorage"},
	{"5.1.4.44.1", "ImplantAssemblyTemplateStorage"},
	{"5.1.4.45.1", "ImplantTemplateGroupStorage"},
};

/* Keywords of PS3.6 chapter 6, in order. */
static const struct tag {
	uint32_t tag;
	const char *name;
} tags[] = {
	{0x00080005, "SpecificCharacterSet"},
	{0x00080016, "SOPClassUID"},
	{0x00080018, "SOPInstanceUID"},
	{0x00080020, "StudyDate"},
	{0x00080021, "SeriesDate"},
	{0x00080022, "AcquisitionDate"},
	{0x00080023, "ContentDate"},
	{0x00080030, "StudyTime"},
	{0x00080031, "SeriesTime"},
	{0x00080033, "ContentTime"},
	{0x00080050, "AccessionNumber"},
	{0x00080052, "QueryRetrieveLevel"},
	{0x00080054, "RetrieveAETitle"},
	{0x00080056, "InstanceAvailability"},
	{0x00080060, "Modality"},
	{0x00080061, "ModalitiesInStudy"},
	{0x00080062, "SOPClassesInStudy"},
	{0x00080070, "Manufacturer"},
	{0x00080080, "InstitutionName"},
	{0x00080090, "ReferringPhysicianName"},
	{0x00080201, "TimezoneOffsetFromUTC"},
	{0x00081010, "StationName"},
	{0x00081030, "StudyDescription"},
	{0x0008103e, "SeriesDescription"},
	{0x00081040, "InstitutionalDepartmentName"},
	{0x00081050, "PerformingPhysicianName"},
	{0x00081060, "NameOfPhysiciansReadingStudy"},
	{0x00081070, "OperatorsName"},
	{0x00081090, "ManufacturerModelName"},
	{0x00081110, "ReferencedStudySequence"},
	{0x00081111, "ReferencedPerformedProcedureStepSequence"},
	{0x00081120, "ReferencedPatientSequence"},
	{0x00100010, "PatientName"},
	{0x00100020, "PatientID"},
	{0x00100021, "IssuerOfPatientID"},
	{0x00100030, "PatientBirthDate"},
	{0x00100032, "PatientBirthTime"},
	{0x00100040, "PatientSex"},
	{0x00101000, "OtherPatientIDs"},
	{0x00101001, "OtherPatientNames"},
	{0x00101002, "OtherPatientIDsSequence"},
	{0x00101010, "PatientAge"},
	{0x00101020, "PatientSize"},
	{0x00101030, "PatientWeight"},
	{0x00102000, "MedicalAlerts"},
	{0x00102110, "Allergies"},
	{0x00102160, "EthnicGroup"},
	{0x001021b0, "AdditionalPatientHistory"},
	{0x001021c0, "PregnancyStatus"},
	{0x00104000, "PatientComments"},
	{0x00180015, "BodyPartExamined"},
	{0x00181000, "DeviceSerialNumber"},
	{0x0020000d, "StudyInstanceUID"},
	{0x0020000e, "SeriesInstanceUID"},
	{0x00200010, "StudyID"},
	{0x00200011, "SeriesNumber"},
	{0x00200012, "AcquisitionNumber"},
	{0x00200013, "InstanceNumber"},
	{0x00201200, "NumberOfPatientRelatedStudies"},
	{0x00201202, "NumberOfPatientRelatedSeries"},
	{0x00201204, "NumberOfPatientRelatedInstances"},
	{0x00201206, "NumberOfStudyRelatedSeries"},
	{0x00201208, "NumberOfStudyRelatedInstances"},
	{0x00201209, "NumberOfSeriesRelatedInstances"},
	{0x00280008, "NumberOfFrames"},
	{0x00280010, "Rows"},
	{0x00280011, "Columns"},
	{0x00321032, "RequestingPhysician"},
	{0x00321060, "RequestedProcedureDescription"},
	{0x00321064, "RequestedProcedureCodeSequence"},
	{0x00380010, "AdmissionID"},
	{0x00380050, "SpecialNeeds"},
	{0x00380300, "CurrentPatientLocation"},
	{0x00380500, "PatientState"},
	{0x00400001, "ScheduledStationAETitle"},
	{0x00400002, "ScheduledProcedureStepStartDate"},
	{0x00400003, "ScheduledProcedureStepStartTime"},
	{0x00400100, "ScheduledProcedureStepSequence"},
	{0x00400244, "PerformedProcedureStepStartDate"},
	{0x00400245, "PerformedProcedureStepStartTime"},
	{0x00400275, "RequestAttributesSequence"},
	{0x00401001, "RequestedProcedureID"},
	{0x00401003, "RequestedProcedurePriority"},
	{0x00403001, "ConfidentialityConstraintOnPatientDataDescription"},
};

/* Command fields of requests, PS3.7 E.1-1. */
static const struct command {
	uint16_t field;
	const char *name;
} commands[] = {
	{0x0001, "c_store"},
	{0x0010, "c_get"},
	{0x0020, "c_find"},
	{0x0021, "c_move"},
	{0x0030, "c_echo"},
	{0x0100, "n_event_report"},
	{0x0110, "n_get"},
	{0x0120, "n_set"},
	{0x0130, "n_action"},
	{0x0140, "n_create"},
	{0x0150, "n_delete"},
	{0x0fff, "c_cancel"},
};

static int cmp_uid(const void *key, const void *item)
{
	const struct ward_str *s = key;
	const struct uid *u = item;

	return ward_str_cmp(*s, ward_str_z(u->suffix));
}

uint16_t ward_dicom_uid_at(struct ward_slice uid)
{
	struct ward_str s = ward_slice_text(uid);

	if (!ward_str_starts(s, WARD_STR(ROOT)))
		return 0;
	struct ward_str rest = ward_str_sub(s, sizeof(ROOT) - 1, s.len);
	const struct uid *found =
		bsearch(&rest, uids, WARD_ARRAY_LEN(uids), sizeof(uids[0]), cmp_uid);

	return found ? (uint16_t)(found - uids + 1) : 0;
}

const char *ward_dicom_uid_nth(uint16_t at)
{
	return at && at <= WARD_ARRAY_LEN(uids) ? uids[at - 1].name : NULL;
}

void ward_dicom_uid_write(struct ward_wr *w, uint16_t at)
{
	if (!at || at > WARD_ARRAY_LEN(uids))
		return;
	ward_wr_z(w, ROOT);
	ward_wr_z(w, uids[at - 1].suffix);
}

const char *ward_dicom_uid_name(struct ward_slice uid)
{
	return ward_dicom_uid_nth(ward_dicom_uid_at(uid));
}

static int cmp_tag(const void *key, const void *item)
{
	uint32_t a = *(const uint32_t *)key, b = ((const struct tag *)item)->tag;

	return (a > b) - (a < b);
}

const char *ward_dicom_tag_name(uint32_t tag)
{
	const struct tag *found =
		bsearch(&tag, tags, WARD_ARRAY_LEN(tags), sizeof(tags[0]), cmp_tag);

	return found ? found->name : NULL;
}

size_t ward_dicom_command_count(void)
{
	return WARD_ARRAY_LEN(commands);
}

size_t ward_dicom_command_at(uint16_t field)
{
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(commands) && commands[i].field != field)
		i++;
	return i;
}

const char *ward_dicom_command_nth(size_t i)
{
	return i < WARD_ARRAY_LEN(commands) ? commands[i].name : NULL;
}

const char *ward_dicom_command_name(uint16_t field)
{
	return ward_dicom_command_nth(ward_dicom_command_at(field));
}

static const char *const levels[] = {"PATIENT", "STUDY", "SERIES", "IMAGE"};

uint8_t ward_dicom_level_at(struct ward_slice level)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(levels); i++)
		if (ward_str_eqz(ward_slice_text(level), levels[i]))
			return (uint8_t)(i + 1);
	return 0;
}

const char *ward_dicom_level_nth(uint8_t at)
{
	return at && at <= WARD_ARRAY_LEN(levels) ? levels[at - 1] : NULL;
}

const char *ward_dicom_result_name(uint8_t result)
{
	static const char *const names[] = {"acceptance", "user-rejection", "no-reason",
		"abstract-syntax-not-supported", "transfer-syntaxes-not-supported"};

	return result < WARD_ARRAY_LEN(names) ? names[result] : NULL;
}

const char *ward_dicom_reject_result(uint8_t result)
{
	switch (result) {
	case 1:
		return "rejected-permanent";
	case 2:
		return "rejected-transient";
	default:
		return NULL;
	}
}

const char *ward_dicom_reject_name(uint8_t source, uint8_t reason)
{
	switch (source << 8 | reason) {
	case 0x101:
	case 0x201:
		return "no-reason-given";
	case 0x102:
		return "application-context-name-not-supported";
	case 0x103:
		return "calling-ae-title-not-recognized";
	case 0x107:
		return "called-ae-title-not-recognized";
	case 0x202:
		return "protocol-version-not-supported";
	case 0x301:
		return "temporary-congestion";
	case 0x302:
		return "local-limit-exceeded";
	default:
		return NULL;
	}
}

const char *ward_dicom_abort_name(uint8_t reason)
{
	static const char *const names[] = {
		[0] = "reason-not-specified",
		[1] = "unrecognized-pdu",
		[2] = "unexpected-pdu",
		[4] = "unrecognized-pdu-parameter",
		[5] = "unexpected-pdu-parameter",
		[6] = "invalid-pdu-parameter-value",
	};

	return reason < WARD_ARRAY_LEN(names) ? names[reason] : NULL;
}

const char *ward_dicom_identity_name(uint8_t type)
{
	static const char *const names[] = {
		[1] = "username",
		[2] = "username-passcode",
		[3] = "kerberos",
		[4] = "saml",
		[5] = "jwt",
	};

	return type < WARD_ARRAY_LEN(names) ? names[type] : NULL;
}

const char *ward_dicom_status_name(uint16_t status)
{
	if (status == 0)
		return "success";
	if (status == 0xff00 || status == 0xff01)
		return "pending";
	if (status == 0xfe00)
		return "cancel";
	if (status == 0x0001 || status == 0x0107 || status == 0x0116 || status >> 12 == 0xb)
		return "warning";
	return "failure";
}
