"""The columns of the HMIS CSV files we read, as HUD publishes them.

Belongs here: names only, FY2026 spelling, in the order of the FY2026 specification.
Does not belong here: which of them are keys (``feeds``), how a file is read (``hmis``).

Sources: HUD HMIS CSV Format Specifications FY2024 (v1.4) and FY2026 (v1.0), checked
against the headers of HUD's own sample exports of both years.
"""

FILES = {
    "Export": """
        ExportID SourceType SourceID SourceName SourceContactFirst
        SourceContactLast SourceContactPhone SourceContactExtension
        SourceContactEmail ExportDate ExportStartDate ExportEndDate
        SoftwareName SoftwareVersion CSVVersion ExportPeriodType
        ExportDirective HashStatus ImplementationID
    """,
    "Organization": """
        OrganizationID OrganizationName VictimServiceProvider
        OrganizationCommonName DateCreated DateUpdated UserID DateDeleted
        ExportID
    """,
    "Project": """
        ProjectID OrganizationID ProjectName ProjectCommonName
        OperatingStartDate OperatingEndDate ContinuumProject ProjectType
        HousingType RRHSubType ResidentialAffiliation TargetPopulation
        HOPWAMedAssistedLivingFac PITCount DateCreated DateUpdated UserID
        DateDeleted ExportID
    """,
    "Client": """
        PersonalID FirstName MiddleName LastName NameSuffix NameDataQuality
        SSN SSNDataQuality DOB DOBDataQuality Sex AmIndAKNative Asian
        BlackAfAmerican HispanicLatinao MidEastNAfrican NativeHIPacific White
        RaceNone AdditionalRaceEthnicity VeteranStatus YearEnteredService
        YearSeparated WorldWarII KoreanWar VietnamWar DesertStorm
        AfghanistanOEF IraqOIF IraqOND OtherTheater MilitaryBranch
        DischargeStatus DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "Enrollment": """
        EnrollmentID PersonalID ProjectID EntryDate HouseholdID
        RelationshipToHoH EnrollmentCoC LivingSituation RentalSubsidyType
        LengthOfStay LOSUnderThreshold PreviousStreetESSH DateToStreetESSH
        TimesHomelessPastThreeYears MonthsHomelessPastThreeYears
        DisablingCondition DateOfEngagement MoveInDate DateOfPATHStatus
        ClientEnrolledInPATH ReasonNotEnrolled PercentAMI ReferralSource
        CountOutreachReferralApproaches DateOfBCPStatus EligibleForRHY
        ReasonNoServices RunawayYouth FormerWardChildWelfare ChildWelfareYears
        ChildWelfareMonths FormerWardJuvenileJustice JuvenileJusticeYears
        JuvenileJusticeMonths UnemploymentFam MentalHealthDisorderFam
        PhysicalDisabilityFam AlcoholDrugUseDisorderFam InsufficientIncome
        IncarceratedParent VAMCStation TargetScreenReqd TimeToHousingLoss
        AnnualPercentAMI LiteralHomelessHistory ClientLeaseholder
        HoHLeaseholder SubsidyAtRisk EvictionHistory CriminalRecord
        IncarceratedAdult PrisonDischarge SexOffender DisabledHoH
        CurrentPregnant SingleParent DependentUnder6 HH5Plus CoCPrioritized
        HPScreeningScore ThresholdScore MentalHealthConsultation DateCreated
        DateUpdated UserID DateDeleted ExportID
    """,
    "Exit": """
        ExitID EnrollmentID PersonalID ExitDate Destination
        DestinationSubsidyType OtherDestination HousingAssessment
        SubsidyInformation ProjectCompletionStatus EarlyExitReason
        ExchangeForSex ExchangeForSexPastThreeMonths CountOfExchangeForSex
        AskedOrForcedToExchangeForSex
        AskedOrForcedToExchangeForSexPastThreeMonths WorkplaceViolenceThreats
        WorkplacePromiseDifference CoercedToContinueWork
        LaborExploitPastThreeMonths CounselingReceived IndividualCounseling
        FamilyCounseling GroupCounseling SessionCountAtExit
        PostExitCounselingPlan SessionsInPlan DestinationSafeClient
        DestinationSafeWorker PosAdultConnections PosPeerConnections
        PosCommunityConnections AftercareDate AftercareProvided
        EmailSocialMedia Telephone InPersonIndividual InPersonGroup
        CMExitReason DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "CurrentLivingSituation": """
        CurrentLivingSitID EnrollmentID PersonalID InformationDate
        CurrentLivingSituation CLSSubsidyType VerifiedBy LeaveSituation14Days
        SubsequentResidence ResourcesToObtain LeaseOwn60Day MovedTwoOrMore
        LocationDetails DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "Event": """
        EventID EnrollmentID PersonalID EventDate Event ProbSolDivRRResult
        ReferralCaseManageAfter LocationCrisisOrPHHousing ReferralResult
        ResultDate DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "Services": """
        ServicesID EnrollmentID PersonalID DateProvided RecordType
        TypeProvided OtherTypeProvided MovingOnOtherType SubTypeProvided
        FAAmount FAStartDate FAEndDate ReferralOutcome DateCreated DateUpdated
        UserID DateDeleted ExportID
    """,
    "Assessment": """
        AssessmentID EnrollmentID PersonalID AssessmentDate AssessmentLocation
        AssessmentType AssessmentLevel PrioritizationStatus DateCreated
        DateUpdated UserID DateDeleted ExportID
    """,
}
"""File name without ``.csv`` to its FY2026 columns."""

YEARS = ("FY2024", "FY2026")
"""The formats, each named after the first federal year it is in force."""

ONLY_FY2026 = {
    "Client": "Sex HispanicLatinao",
    "Enrollment": "MentalHealthConsultation",
}
"""Columns that a FY2024 file does not have."""

ONLY_FY2024 = {
    "Client": """
        HispanicLatinaeo Woman Man NonBinary CulturallySpecific Transgender Questioning
        DifferentIdentity GenderNone DifferentIdentityText
    """,
    "Enrollment": """
        SexualOrientation SexualOrientationOther TranslationNeeded PreferredLanguage
        PreferredLanguageDifferent
    """,
}
"""Columns that FY2026 dropped or renamed (effective 2025-10-01)."""


NEEDED = {
    "Export": """
        ExportID ExportDate ExportStartDate ExportEndDate ExportDirective HashStatus
    """,
    "Organization": "OrganizationID VictimServiceProvider DateUpdated",
    "Project": "ProjectID OrganizationID ProjectType DateUpdated",
    "Client": """
        PersonalID FirstName LastName NameDataQuality DOB DOBDataQuality DateCreated
        DateUpdated
    """,
    "Enrollment": "EnrollmentID PersonalID ProjectID EntryDate DateUpdated",
    "Exit": "ExitID EnrollmentID PersonalID ExitDate Destination DateUpdated",
    "CurrentLivingSituation": """
        CurrentLivingSitID EnrollmentID PersonalID InformationDate
        CurrentLivingSituation DateUpdated
    """,
    "Event": """
        EventID EnrollmentID PersonalID EventDate Event ReferralResult DateUpdated
    """,
    "Services": """
        ServicesID EnrollmentID PersonalID DateProvided RecordType TypeProvided
        DateUpdated
    """,
    "Assessment": "AssessmentID EnrollmentID PersonalID AssessmentDate DateUpdated",
}
"""Columns without which a file cannot be read for what it says. HUD lists all columns,
systems leave some out: SSN by policy, DateDeleted where nothing is ever deleted."""


def columns(file: str, year: str) -> tuple[str, ...]:
    """Return the columns of one file under ``"FY2024"`` or ``"FY2026"``."""
    newest = FILES[file].split()
    if year == "FY2026":
        return tuple(newest)
    added = set(ONLY_FY2026.get(file, "").split())
    kept = [column for column in newest if column not in added]
    return tuple(kept + ONLY_FY2024.get(file, "").split())


def all_columns(file: str) -> tuple[str, ...]:
    """Return the columns of one file under either year, each once."""
    return tuple(FILES[file].split() + ONLY_FY2024.get(file, "").split())
