// A hub, whole, in a resource group of its own: `hub azure deploy` and the deploy workflow bring this into a subscription.
targetScope = 'subscription'

import { Application, EventHub, Plan } from 'modules/types.bicep'

@description('Which of the environments this is; part of every name.')
@allowed(['dev', 'test', 'prod'])
param environment string

@description('What the names of all resources begin with.')
@minLength(2)
@maxLength(10)
param name string = 'hub'

@description('Where the resources are.')
param location string = deployment().location

@description('The resource group, which is made if it is not there.')
param resourceGroupName string = 'rg-${name}-${environment}'

@description('What runs the hub.')
param plan Plan = { kind: 'flexConsumption' }

@description('What keeps the histories of orchestrations: the Durable Task Scheduler, or the storage account of the app.')
@allowed(['durableTaskScheduler', 'storage'])
param durableBackend string = 'durableTaskScheduler'

@description('The applications, each with the group of its team in Microsoft Entra.')
param applications Application[] = []

@description('The event hubs that streams read and publish to.')
param eventHubs EventHub[] = []

@description('Whether the resources are reached through private endpoints only.')
param privateNetworking bool = false

@description('Whether what can be is spread over the zones of the region.')
param zoneRedundant bool = false

@description('Whether the lake and the app\'s storage are kept in a second region as well.')
param geoRedundant bool = false

@description('For how many days what was deleted can be brought back.')
@minValue(7)
@maxValue(90)
param softDeleteDays int = 14

@description('After how many days without a change data goes to the cool tier; 0 for never.')
@minValue(0)
param coolAfterDays int = 90

@description('For how many days telemetry is kept.')
@minValue(30)
@maxValue(730)
param telemetryDays int = 30

@description('Whether there is a Grafana, with the hub\'s dashboards to be imported.')
param grafana bool = true

@description('The object id of the group in Microsoft Entra that administers Grafana; empty for none.')
param grafanaAdminGroupId string = ''

@description('Whom alerts are sent to.')
param alertEmails string[] = []

@description('Whether a key for the API is made, in place of the one there is: for the first deployment, and to exchange it.')
param makeApiKey bool = false

@description('The key that is made then. It is nowhere but in the vault.')
@secure()
param apiKey string = newGuid()

@description('Tags of all resources.')
param tags object = {}

var allTags = union(tags, { product: 'ServerlessHub', environment: environment })

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: resourceGroupName
  location: location
  tags: allTags
}

module hub 'modules/hub.bicep' = {
  name: 'hub'
  scope: group
  params: {
    environment: environment
    name: name
    location: location
    plan: plan
    durableBackend: durableBackend
    applications: applications
    eventHubs: eventHubs
    privateNetworking: privateNetworking
    zoneRedundant: zoneRedundant
    geoRedundant: geoRedundant
    softDeleteDays: softDeleteDays
    coolAfterDays: coolAfterDays
    telemetryDays: telemetryDays
    grafana: grafana
    grafanaAdminGroupId: grafanaAdminGroupId
    alertEmails: alertEmails
    apiKey: makeApiKey ? apiKey : ''
    tags: allTags
  }
}

@description('The resource group.')
output resourceGroup string = group.name

@description('The hub root, as `hub --root` takes it.')
output hubRoot string = hub.outputs.hubRoot

@description('The Functions app.')
output functionApp string = hub.outputs.functionApp

@description('Where the hub\'s API answers.')
output address string = hub.outputs.address

@description('The name of the Grafana; empty where there is none.')
output grafana string = hub.outputs.grafana

@description('What runs the hub: flexConsumption or premium.')
output plan string = plan.kind

@description('The account of the app itself, with the container `packages`.')
output hostStorage string = hub.outputs.hostStorage

@description('What tells of files that have come into the hub root.')
output eventTopic string = hub.outputs.eventTopic

@description('The id of the workspace with the telemetry, as the dashboards ask for it.')
output workspace string = hub.outputs.workspace
