// The parts of a hub in one resource group.
import { Application, EventHub, Plan } from 'types.bicep'

param environment string
param name string
param location string
param plan Plan
param durableBackend string
param applications Application[]
param eventHubs EventHub[]
param privateNetworking bool
param zoneRedundant bool
param geoRedundant bool
param softDeleteDays int
param coolAfterDays int
param telemetryDays int
param grafana bool
param grafanaAdminGroupId string
param alertEmails string[]

@secure()
param apiKey string

param tags object

var full = '${name}-${environment}'
var unique = take(uniqueString(resourceGroup().id), 8)
// Storage accounts and vaults have names of their own kind, at most 24 characters, unique in all of Azure.
var short = toLower('${replace(name, '-', '')}${environment}${unique}')
var publicNetworkAccess = privateNetworking ? 'Disabled' : 'Enabled'
var isPremium = plan.kind == 'premium'

resource appIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${full}'
  location: location
  tags: tags
}

var identity = {
  id: appIdentity.id
  principalId: appIdentity.properties.principalId
  clientId: appIdentity.properties.clientId
}

module network 'network.bicep' = if (privateNetworking) {
  name: 'network'
  params: {
    name: full
    location: location
    delegation: isPremium ? 'Microsoft.Web/serverFarms' : 'Microsoft.App/environments'
    tags: tags
  }
}

var privateNetwork = privateNetworking ? network!.outputs.privateNetwork : null

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: full
    location: location
    retentionDays: telemetryDays
    publisherPrincipalId: identity.principalId
    tags: tags
  }
}

module lake 'lake.bicep' = {
  name: 'lake'
  params: {
    name: take('${short}lake', 24)
    location: location
    sku: geoRedundant
      ? (zoneRedundant ? 'Standard_GZRS' : 'Standard_GRS')
      : (zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS')
    softDeleteDays: softDeleteDays
    coolAfterDays: coolAfterDays
    publicNetworkAccess: publicNetworkAccess
    privateNetwork: privateNetwork
    appPrincipalId: identity.principalId
    applications: applications
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module hostStorage 'host-storage.bicep' = {
  name: 'hostStorage'
  params: {
    name: take('${short}host', 24)
    location: location
    sku: geoRedundant ? 'Standard_GRS' : (zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS')
    softDeleteDays: softDeleteDays
    publicNetworkAccess: publicNetworkAccess
    privateNetwork: privateNetwork
    appPrincipalId: identity.principalId
    tags: tags
  }
}

module vault 'key-vault.bicep' = {
  name: 'vault'
  params: {
    name: take('kv-${short}', 24)
    location: location
    softDeleteDays: softDeleteDays
    publicNetworkAccess: publicNetworkAccess
    privateNetwork: privateNetwork
    appPrincipalId: identity.principalId
    apiKey: apiKey
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module events 'event-hubs.bicep' = if (!empty(eventHubs)) {
  name: 'events'
  params: {
    name: 'evhns-${full}-${unique}'
    location: location
    eventHubs: eventHubs
    publicNetworkAccess: publicNetworkAccess
    privateNetwork: privateNetwork
    appPrincipalId: identity.principalId
    tags: tags
  }
}

module scheduler 'durable-task-scheduler.bicep' = if (durableBackend == 'durableTaskScheduler') {
  name: 'scheduler'
  params: {
    name: 'dts-${full}-${unique}'
    location: location
    isDedicated: environment == 'prod'
    zoneRedundant: zoneRedundant
    appPrincipalId: identity.principalId
    tags: tags
  }
}

module app 'function-app.bicep' = {
  name: 'app'
  params: {
    name: 'func-${full}-${unique}'
    location: location
    plan: plan
    zoneRedundant: zoneRedundant
    identity: identity
    hostStorageName: hostStorage.outputs.name
    packageContainer: hostStorage.outputs.packageContainer
    hubRoot: lake.outputs.hubRoot
    lakeName: lake.outputs.name
    hubContainer: lake.outputs.container
    vaultUri: vault.outputs.uri
    eventHubsNamespace: empty(eventHubs) ? '' : events!.outputs.fullyQualifiedNamespace
    eventHub: empty(eventHubs) ? '' : eventHubs[0].name
    schedulerEndpoint: durableBackend == 'durableTaskScheduler' ? scheduler!.outputs.endpoint : ''
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    subnetId: privateNetworking ? network!.outputs.appSubnetId : ''
    tags: tags
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: {
    name: full
    location: location
    workspaceId: monitoring.outputs.workspaceId
    emails: alertEmails
    tags: tags
  }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  params: {
    displayName: 'ServerlessHub ${environment}'
    location: location
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module dashboards 'grafana.bicep' = if (grafana) {
  name: 'dashboards'
  params: {
    name: take('amg-${name}-${environment}-${unique}', 23)
    location: location
    zoneRedundant: zoneRedundant
    publicNetworkAccess: publicNetworkAccess
    adminGroupId: grafanaAdminGroupId
    tags: tags
  }
}

output hubRoot string = lake.outputs.hubRoot
output functionApp string = app.outputs.name
output address string = app.outputs.address
output hostStorage string = hostStorage.outputs.name
output eventTopic string = lake.outputs.eventTopic
output workspace string = monitoring.outputs.workspaceId
output grafana string = grafana ? dashboards!.outputs.name : ''
