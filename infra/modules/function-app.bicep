// The app that runs the hub. All that it reaches it reaches as its identity: no setting holds a key.
import { Identity, Plan } from 'types.bicep'

param name string
param location string
param plan Plan
param zoneRedundant bool
param identity Identity
param hostStorageName string
param packageContainer string
param hubRoot string
param lakeName string
param hubContainer string
param vaultUri string

@description('The namespace of the event hubs; empty where there is none.')
param eventHubsNamespace string
@description('The event hub whose events come by a trigger; empty where none does.')
param eventHub string

@description('The endpoint of the Durable Task Scheduler; empty where the histories are in storage.')
param schedulerEndpoint string

param applicationInsightsName string

@description('The subnet the app reaches other resources from; empty for none.')
param subnetId string

param tags object

var isPremium = plan.kind == 'premium'
var blobEndpoint = 'https://${hostStorageName}.blob.${az.environment().suffixes.storage}/'

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource serverFarm 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  kind: isPremium ? 'elastic' : 'functionapp'
  sku: plan.kind == 'premium'
    ? { name: plan.?size ?? 'EP2', tier: 'ElasticPremium' }
    : { name: 'FC1', tier: 'FlexConsumption' }
  tags: tags
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
    maximumElasticWorkerCount: plan.kind == 'premium' ? plan.?maximumInstances ?? 20 : null
  }
}

var settings = union(
  {
    AZURE_CLIENT_ID: identity.clientId
    AzureWebJobsStorage__accountName: hostStorageName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identity.clientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
    HUB_KEY_VAULT: vaultUri
    HUB_ROOT: hubRoot
    HUB_ADDRESS: 'https://${app.properties.defaultHostName}'
    HUB_UPLOADS: '${hubContainer}/config/applications'
    HUB_ARRIVALS: '${hubContainer}/landing'
    TASKHUB_NAME: 'ServerlessHub'
    HubStorage__blobServiceUri: 'https://${lakeName}.blob.${az.environment().suffixes.storage}/'
    HubStorage__queueServiceUri: 'https://${lakeName}.queue.${az.environment().suffixes.storage}/'
    HubStorage__credential: 'managedidentity'
    HubStorage__clientId: identity.clientId
  },
  empty(schedulerEndpoint)
    ? { AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'AzureStorage' }
    : {
        AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
        AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
        DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identity.clientId}'
      },
  // A trigger without its event hub would be an error of the app at every start.
  empty(eventHubsNamespace)
    ? { 'AzureWebJobs.events.Disabled': 'true' }
    : {
        HUB_EVENT_HUB: eventHub
        EventHubs__fullyQualifiedNamespace: eventHubsNamespace
        EventHubs__credential: 'managedidentity'
        EventHubs__clientId: identity.clientId
      },
  isPremium
    ? {
        FUNCTIONS_EXTENSION_VERSION: '~4'
        FUNCTIONS_WORKER_RUNTIME: 'dotnet-isolated'
        WEBSITE_RUN_FROM_PACKAGE: '${blobEndpoint}${packageContainer}/functions.zip'
        WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identity.id
      }
    : {}
)

// What a time, a file or an event starts.
var selfStarting = ['arrival', 'events', 'purge', 'quiet', 'streams', 'upload', 'watch']

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: serverFarm.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      linuxFxVersion: isPremium ? 'DOTNET-ISOLATED|10.0' : null
      vnetRouteAllEnabled: isPremium && !empty(subnetId) ? true : null
      healthCheckPath: isPremium ? '/health/live' : null
    }
    // The service takes siteUpdateStrategy; its published types do not know it yet.
    #disable-next-line BCP037
    functionAppConfig: plan.kind == 'premium'
      ? null
      : {
          runtime: { name: 'dotnet-isolated', version: '10.0' }
          deployment: {
            storage: {
              type: 'blobContainer'
              value: '${blobEndpoint}${packageContainer}'
              authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
            }
          }
          scaleAndConcurrency: {
            instanceMemoryMB: plan.?memory ?? 4096
            maximumInstanceCount: plan.?maximumInstances ?? 40
            alwaysReady: (plan.?alwaysReady ?? 0) > 0 ? [{ name: 'http', instanceCount: plan.?alwaysReady }] : []
          }
          // One instance after the other: what runs on an old one is done before it goes.
          siteUpdateStrategy: { type: 'RollingUpdate' }
        }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: settings
}

// A new version is tried here before the app gets it. Flex Consumption has no slots; it updates one instance after the other.
resource staging 'Microsoft.Web/sites/slots@2025-03-01' = if (isPremium) {
  parent: app
  name: 'staging'
  location: location
  kind: 'functionapp,linux'
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: serverFarm.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      linuxFxVersion: 'DOTNET-ISOLATED|10.0'
      healthCheckPath: '/health/live'
    }
  }
}

resource stagingSettings 'Microsoft.Web/sites/slots/config@2025-03-01' = if (isPremium) {
  parent: staging
  name: 'appsettings'
  // Runs of the staging slot are its own: it must not take work from the other's task hub, and nothing starts there by itself.
  properties: union(
    settings,
    {
      TASKHUB_NAME: 'Staging'
      WEBSITE_RUN_FROM_PACKAGE: '${blobEndpoint}${packageContainer}/staging.zip'
    },
    toObject(selfStarting, function => 'AzureWebJobs.${function}.Disabled', function => 'true')
  )
}

// Nobody publishes with a password.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noPublishingPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

output name string = app.name
output address string = 'https://${app.properties.defaultHostName}'
