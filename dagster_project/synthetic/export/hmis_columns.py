"""The columns of HMIS CSV files, in the order HUD prescribes.

Belongs here: header names of the ten files we write, FY2024 and FY2026.
Does not belong here: what stands in a column.
Source: HUD HMIS CSV Format Specifications FY2024 v1.4 and FY2026 v1.0.
"""

FILES = {
    "Organization": """
        OrganizationID OrganizationName VictimServiceProvider OrganizationCommonName
        DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "Project": """
        ProjectID OrganizationID ProjectName ProjectCommonName OperatingStartDate
        OperatingEndDate ContinuumProject ProjectType HousingType RRHSubType
        ResidentialAffiliation TargetPopulation HOPWAMedAssistedLivingFac PITCount
        DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "Client": """
        PersonalID FirstName MiddleName LastName NameSuffix NameDataQuality SSN
        SSNDataQuality DOB DOBDataQuality AmIndAKNative Asian BlackAfAmerican
        HispanicLatinaeo MidEastNAfrican NativeHIPacific White RaceNone
        AdditionalRaceEthnicity Woman Man NonBinary CulturallySpecific Transgender
        Questioning DifferentIdentity GenderNone DifferentIdentityText VeteranStatus
        YearEnteredService YearSeparated WorldWarII KoreanWar VietnamWar DesertStorm
        AfghanistanOEF IraqOIF IraqOND OtherTheater MilitaryBranch DischargeStatus
        DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "Enrollment": """
        EnrollmentID PersonalID ProjectID EntryDate HouseholdID RelationshipToHoH
        EnrollmentCoC LivingSituation RentalSubsidyType LengthOfStay LOSUnderThreshold
        PreviousStreetESSH DateToStreetESSH TimesHomelessPastThreeYears
        MonthsHomelessPastThreeYears DisablingCondition DateOfEngagement MoveInDate
        DateOfPATHStatus ClientEnrolledInPATH ReasonNotEnrolled PercentAMI
        ReferralSource CountOutreachReferralApproaches DateOfBCPStatus EligibleForRHY
        ReasonNoServices RunawayYouth SexualOrientation SexualOrientationOther
        FormerWardChildWelfare ChildWelfareYears ChildWelfareMonths
        FormerWardJuvenileJustice JuvenileJusticeYears JuvenileJusticeMonths
        UnemploymentFam MentalHealthDisorderFam PhysicalDisabilityFam
        AlcoholDrugUseDisorderFam InsufficientIncome IncarceratedParent VAMCStation
        TargetScreenReqd TimeToHousingLoss AnnualPercentAMI LiteralHomelessHistory
        ClientLeaseholder HoHLeaseholder SubsidyAtRisk EvictionHistory CriminalRecord
        IncarceratedAdult PrisonDischarge SexOffender DisabledHoH CurrentPregnant
        SingleParent DependentUnder6 HH5Plus CoCPrioritized HPScreeningScore
        ThresholdScore TranslationNeeded PreferredLanguage PreferredLanguageDifferent
        DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "Exit": """
        ExitID EnrollmentID PersonalID ExitDate Destination DestinationSubsidyType
        OtherDestination HousingAssessment SubsidyInformation ProjectCompletionStatus
        EarlyExitReason ExchangeForSex ExchangeForSexPastThreeMonths
        CountOfExchangeForSex AskedOrForcedToExchangeForSex
        AskedOrForcedToExchangeForSexPastThreeMonths WorkplaceViolenceThreats
        WorkplacePromiseDifference CoercedToContinueWork LaborExploitPastThreeMonths
        CounselingReceived IndividualCounseling FamilyCounseling GroupCounseling
        SessionCountAtExit PostExitCounselingPlan SessionsInPlan DestinationSafeClient
        DestinationSafeWorker PosAdultConnections PosPeerConnections
        PosCommunityConnections AftercareDate AftercareProvided EmailSocialMedia
        Telephone InPersonIndividual InPersonGroup CMExitReason DateCreated DateUpdated
        UserID DateDeleted ExportID
    """,
    "CurrentLivingSituation": """
        CurrentLivingSitID EnrollmentID PersonalID InformationDate
        CurrentLivingSituation CLSSubsidyType VerifiedBy LeaveSituation14Days
        SubsequentResidence ResourcesToObtain LeaseOwn60Day MovedTwoOrMore
        LocationDetails DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "Event": """
        EventID EnrollmentID PersonalID EventDate Event ProbSolDivRRResult
        ReferralCaseManageAfter LocationCrisisOrPHHousing ReferralResult ResultDate
        DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "Services": """
        ServicesID EnrollmentID PersonalID DateProvided RecordType TypeProvided
        OtherTypeProvided MovingOnOtherType SubTypeProvided FAAmount FAStartDate
        FAEndDate ReferralOutcome DateCreated DateUpdated UserID DateDeleted ExportID
    """,
    "Assessment": """
        AssessmentID EnrollmentID PersonalID AssessmentDate AssessmentLocation
        AssessmentType AssessmentLevel PrioritizationStatus DateCreated DateUpdated
        UserID DateDeleted ExportID
    """,
    "Export": """
        ExportID SourceType SourceID SourceName SourceContactFirst SourceContactLast
        SourceContactPhone SourceContactExtension SourceContactEmail ExportDate
        ExportStartDate ExportEndDate SoftwareName SoftwareVersion CSVVersion
        ExportPeriodType ExportDirective HashStatus ImplementationID
    """,
}
"""FY2024 headers, blank-separated, by file."""

FY2024_ONLY = {
    "Client": """
        Woman Man NonBinary CulturallySpecific Transgender Questioning DifferentIdentity
        GenderNone DifferentIdentityText
    """,
    "Enrollment": """
        SexualOrientation SexualOrientationOther TranslationNeeded PreferredLanguage
        PreferredLanguageDifferent
    """,
}
"""Columns FY2026 dropped."""


def columns(file: str, year: int) -> list[str]:
    """Return a file's header in one of the two standards (2024 or 2026).

    FY2026 adds Sex, renames HispanicLatinaeo and adds MentalHealthConsultation.
    """
    names = FILES[file].split()
    if year == 2024:
        return names
    names = [name for name in names if name not in FY2024_ONLY.get(file, "").split()]
    if file == "Client":
        names.insert(names.index("DOBDataQuality") + 1, "Sex")
        names[names.index("HispanicLatinaeo")] = "HispanicLatinao"
    if file == "Enrollment":
        names.insert(names.index("ThresholdScore") + 1, "MentalHealthConsultation")
    return names
